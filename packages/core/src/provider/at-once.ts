/**
 * What a function of a provider's definition returned, which has to be there at once.
 *
 * @param what how to call the function
 * @throws TypeError when it is a promise, whose rejection would end the process, since nothing waits for it
 */
export function atOnce<Result>(result: Result, what: string): Result {
  if (!(result instanceof Promise)) return result;
  result.catch(() => {});
  throw new TypeError(`${what} is asynchronous, and has to give its result at once.`);
}
