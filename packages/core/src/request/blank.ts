/**
 * An object with these names and nothing in them, to be copied (`{ ...blank }`) and filled.
 *
 * V8 lays out what JSON.parse makes as a whole, and copies it as a whole. An object that gets its properties one by one is moved
 * again and again while it grows: for the two dozen of a callback that takes three times as long.
 */
export function blankOf(names: readonly string[]): Record<string, unknown> {
  return JSON.parse(JSON.stringify(Object.fromEntries(names.map((name) => [name, '']))));
}
