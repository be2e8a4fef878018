/**
 * Makes values that were cut out of a text independent of it, where it is much longer than they are: each of them keeps all of the text in
 * memory. Otherwise returns them as they are, which costs nothing.
 *
 * @param bytes how much memory the text takes
 */
export function detach(values: string[], bytes: number): string[] {
  let characters = 0;
  for (const value of values) characters += value.length;
  const isClose = bytes <= 3 * characters + 64 * values.length + 1024;
  return isClose ? values : values.map((value) => ` ${value}`.slice(1));
}
