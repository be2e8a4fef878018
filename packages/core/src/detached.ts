/** A copy that does not hold on to the text that the string was cut from or joined of, which may be a whole body. */
export function detached(text: string): string {
  return ` ${text}`.slice(1);
}
