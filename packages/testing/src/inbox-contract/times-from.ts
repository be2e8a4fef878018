/** Gives the time so many milliseconds after `start`, as inboxes tell times. */
export function timesFrom(start: number): (ms: number) => string {
  return (ms) => new Date(start + ms).toISOString();
}
