/** The known name most similar to a misspelled one, if any is similar. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const given = plain(name);
  const [nearest] = known
    .map((candidate) => ({ candidate, distance: distanceTo(given, plain(candidate)) }))
    .filter(
      ({ candidate, distance }) => distance <= Math.max(1, Math.floor(Math.max(given.length, candidate.length) / 3)),
    )
    .sort((one, other) => one.distance - other.distance);
  return nearest?.candidate;
}

/** `max_bytes` and `max-bytes` are `maxBytes`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** A prefix counts as nearly as close as a typo: `tolerance` for `toleranceSeconds`. */
function distanceTo(given: string, known: string): number {
  const isBeginning = given.length >= SHORTEST_BEGINNING && known.startsWith(given);
  return Math.min(distanceOf(given, known), isBeginning ? OF_A_BEGINNING : Number.POSITIVE_INFINITY);
}

const SHORTEST_BEGINNING = 5;
const OF_A_BEGINNING = 1.5;

/** How many characters have to be added, removed, replaced or swapped with their neighbor. */
function distanceOf(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (isSame ? 0 : 1),
        isSwapped ? at(before, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = last;
    last = current;
  }
  return at(last, other.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] as number;
}
