import assert from 'node:assert/strict';

/** Every part of `expected` is in `actual`; what else an object has does not matter. */
export function assertMatches(actual: unknown, expected: unknown, message?: string): void {
  assert.deepEqual(partOf(actual, expected), expected, message);
}

/** The promise rejects with an error that has these parts. */
export async function assertRejects(promise: Promise<unknown>, expected: object): Promise<void> {
  await assert.rejects(promise, (error) => {
    assertMatches(error, expected);
    return true;
  });
}

/** A value without what JSON does not have: prototypes, and parts that are undefined. */
export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Of `actual`, what `expected` has. */
function partOf(actual: unknown, expected: unknown): unknown {
  if (!isObject(actual) || !isObject(expected)) return actual;
  if (Array.isArray(expected)) {
    return Array.isArray(actual) ? actual.map((one, at) => partOf(one, expected[at])) : actual;
  }
  if (Object.getPrototypeOf(expected) !== Object.prototype) return actual;
  return Object.fromEntries(
    Object.keys(expected)
      .filter((name) => name in actual)
      .map((name) => [name, partOf(actual[name], expected[name])]),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
