/** The digits of a number, the last one first: an index finds how a text begins, not how it ends. */
export function reversed(digits: string | null): string | null {
  return digits === null ? null : digits.split('').reverse().join('');
}
