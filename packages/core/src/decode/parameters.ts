/** A header's value with its parameters: `multipart/form-data; boundary="x"`. */
export interface Parameters {
  /** What stands before the first semicolon, in lower case. */
  readonly value: string;
  /** Names in lower case; of a repeated name the first. */
  readonly parameters: ReadonlyMap<string, string>;
}

const PARAMETER = /;[ \t]*([^\s;="]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|(?!")([^\s;]*))/gs;

/** Takes a header with parameters apart. What is malformed in it is passed over. */
export function parseParameters(header: string): Parameters {
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, token = ''] of header.matchAll(PARAMETER)) {
    const key = name.toLowerCase();
    // A backslash escapes a quote or itself alone: clients send file paths with single backslashes.
    if (!parameters.has(key)) parameters.set(key, quoted?.replace(/\\(["\\])/g, '$1') ?? token);
  }
  const [value = ''] = header.split(';', 1);
  return { value: value.trim().toLowerCase(), parameters };
}
