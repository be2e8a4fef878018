/** The ISO 8601 time this many milliseconds after `start`. */
export function timesFrom(start: number): (ms: number) => string {
  return (ms) => new Date(start + ms).toISOString();
}
