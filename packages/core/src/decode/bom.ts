/** A byte order mark of UTF-8, escaped or not, also where its bytes were read one by one, as in a URL. */
const BOM = /^(?:\ufeff|%EF%BB%BF|\u00ef\u00bb\u00bf)/i;

/** The text without its byte order mark, which some clients send first. */
export function withoutBom(text: string): string {
  return text.replace(BOM, '');
}

/** The same for bytes; `undefined` if they have none. */
export function withoutBomBytes(bytes: Uint8Array): Uint8Array | undefined {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : undefined;
}
