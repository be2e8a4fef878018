/**
 * Checks that the result of a definition's function is not a promise.
 *
 * @param what the name of the function
 * @throws TypeError when it is a promise: nothing waits for it, so its rejection would end the process
 */
export function atOnce<Result>(result: Result, what: string): Result {
  if (!(result instanceof Promise)) return result;
  result.catch(() => {});
  throw new TypeError(`${what} must be synchronous, but returned a promise.`);
}
