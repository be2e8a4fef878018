import type { FieldPairs } from '../../decode/field-pairs.ts';
import type { FieldRecord } from '../../decode/fields.ts';

/** What a V3 signature covers between the address and the nonce. */
export interface SignedParts {
  /** The decoded parameters of the URL, and of a GET the fields: sorted, `name=value`, joined by `&`. */
  readonly query: string;
  /** The sorted names and values of a form, with nothing between them. */
  readonly form: string;
  /** Whether there is a form with any field. */
  readonly hasForm: boolean;
}

/** The parts of a request that Plivo signs. */
export function signedParts(query: FieldRecord, fields: FieldPairs | undefined): SignedParts {
  const record = fields?.toRecord() ?? {};
  const isRepeated = Object.values(record).some(Array.isArray);
  const form = isRepeated ? joined(record, '', '') : (fields?.sortedText() ?? '');
  return { query: joined(query, '=', '&'), form, hasForm: Object.keys(record).length > 0 };
}

/** What is signed after the address: `?a=1&b=2.Event…` with parameters, `?Event…` without, then a dot and the nonce. */
export function textOf({ query, form, hasForm }: SignedParts, nonce: string): string {
  const mark = query === '' && !hasForm ? '' : '?';
  const border = query !== '' && hasForm ? '.' : '';
  return `${mark}${query}${border}${form}.${nonce}`;
}

/** Names and values in the order in which they are signed. */
export function sortedPairs(record: FieldRecord): readonly (readonly [name: string, value: string])[] {
  return Object.keys(record)
    .sort()
    .flatMap((name) =>
      [record[name] as string | readonly string[]]
        .flat()
        .sort()
        .map((value) => [name, value] as const),
    );
}

function joined(record: FieldRecord, between: string, after: string): string {
  return sortedPairs(record)
    .map(([name, value]) => name + between + value)
    .join(after);
}
