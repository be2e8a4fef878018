/** The longest that a timer of node can wait, in milliseconds; one that is to wait for longer fires at once. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;
