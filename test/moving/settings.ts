/** How many calls a host handles at once. */
export const CONCURRENCY = 8;
