import assert from 'node:assert/strict';

/** Asserts that `actual` has every part of `expected`; it may have more. */
export function assertMatches(actual: unknown, expected: unknown, message?: string): void {
  assert.deepEqual(partOf(actual, expected), expected, message);
}

/** Asserts that the promise rejects with an error that has these parts. */
export async function assertRejects(promise: Promise<unknown>, expected: object): Promise<void> {
  await assert.rejects(promise, (error) => {
    assertMatches(error, expected);
    return true;
  });
}

/** A value without prototypes and undefined parts, which JSON does not have. */
export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** The parts of `actual` that `expected` has. */
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
