/** The value of each hexadecimal digit by its code; of anything else so much that no sum with it is ASCII. */
const DIGITS: Uint8Array = new Uint8Array(256).fill(0x80);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  DIGITS[digit.charCodeAt(0)] = value;
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
}
const ASCII: readonly string[] = Array.from({ length: 0x80 }, (_, code) => String.fromCharCode(code));

/**
 * Replaces the escape sequences of a URL (`%2B`). What is none stands for itself, and bytes that are not UTF-8 become U+FFFD.
 *
 * Nearly all escapes are of single ASCII characters, such as the plus of a phone number: for those the engine's decoder takes twice
 * as long.
 */
export function unescaped(escaped: string): string {
  let text = '';
  let from = 0;
  for (let at = escaped.indexOf('%'); at >= 0; at = escaped.indexOf('%', from)) {
    const code = digitAt(escaped, at + 1) * 16 + digitAt(escaped, at + 2);
    const character = ASCII[code];
    if (character === undefined) return text + unescapeAny(escaped.slice(from));
    text += escaped.slice(from, at) + character;
    from = at + 3;
  }
  return text + escaped.slice(from);
}

function digitAt(text: string, at: number): number {
  return DIGITS[text.charCodeAt(at)] ?? 0x80;
}

function unescapeAny(escaped: string): string {
  try {
    return decodeURIComponent(escaped);
  } catch {
    return escaped.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString());
  }
}
