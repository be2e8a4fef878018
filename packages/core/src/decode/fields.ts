/** Names and values as they came: a repeated name has all its values, in order. Without a prototype. */
export type FieldRecord = Readonly<Record<string, string | readonly string[]>>;

/** The one tree that form, multipart, JSON and query give. `Legs[0][Status]` has become an array of objects. */
export type FieldTree = Readonly<Record<string, unknown>>;

/** Bounds on what is decoded; what is over them answers 413. */
export interface Limits {
  /**
   * Bytes of the body.
   * @default 65536
   */
  readonly bytes: number;
  /**
   * Fields of a form, parts of a multipart body, values in a JSON body, parameters of a query.
   * @default 1000
   */
  readonly fields: number;
  /**
   * Levels of nesting.
   * @default 16
   */
  readonly depth: number;
}

/** The limits that hold unless others are set. */
export const DEFAULT_LIMITS: Limits = { bytes: 65_536, fields: 1000, depth: 16 };
