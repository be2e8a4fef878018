/** The values of a statement that is put together from parts. */
export class Values {
  readonly all: unknown[] = [];

  /** Adds a value, and returns what stands for it in the statement. No stored text contains NUL, which the database refuses. */
  add(value: unknown): string {
    this.all.push(typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value);
    return `$${this.all.length}`;
  }
}

/** A pattern of LIKE for texts that begin with this one. */
export function prefixPattern(text: string): string {
  return `${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}
