/** The known name that was probably meant; `undefined` if none is close. */
function nearest(given: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((name) => ({ name, distance: distanceOf(given, name) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(Math.max(given.length, name.length) / 3)))
    .sort((one, other) => one.distance - other.distance);
  return best?.name;
}

/** The end of a message about a name that is not known. */
export function didYouMean(given: string, known: readonly string[], otherwise: string): string {
  const name = nearest(given, known);
  return name === undefined ? otherwise : `Did you mean ${name.includes(' ') ? `"${name}"` : name}?`;
}

/** How many characters have to be added, removed or replaced. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (const [index, character] of one.split('').entries()) {
    const next = [index + 1];
    for (let column = 1; column <= other.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (character === other[column - 1] ? 0 : 1);
      next[column] = Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1);
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
