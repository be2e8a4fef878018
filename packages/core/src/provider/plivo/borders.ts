import type { FieldRecord, FieldTree } from '../../decode/fields.ts';
import type { SignedParts } from './text.ts';
import { sortedPairs } from './text.ts';

/**
 * Plivo signs names and values with nothing between them, and decodes a query before it signs it. So one signed text can be split into
 * parameters, names and values in many ways, and anyone who has seen a signed request can choose one. These rules accept only the split
 * that Plivo itself has made, as far as it determines the call, its status and whether it was answered. All of these names sort before the
 * ones whose values a caller can choose, such as `CallerName`.
 */
const PROTECTED: ReadonlySet<string> = new Set([
  'ALegRequestUUID',
  'ALegUUID',
  'AnswerTime',
  'BillDuration',
  'BillRate',
  'CallStatus',
  'CallUUID',
]);
const ANY_PROTECTED = /ALeg(?:Request)?UUID|AnswerTime|Bill(?:Duration|Rate)|Call(?:Status|UUID)/;
/** A UUID, or an id that begins like one; it ends where the next name begins. */
const CALL_ID = /^[0-9a-f-]{36,}$/i;

/** A protected name that is directly followed by a value. */
const BARE_FIELD = new RegExp(`(?:${ANY_PROTECTED.source})[0-9A-Za-z]`);

/**
 * Whether the signed text is split as Plivo split it.
 *
 * @param record the signed names and values
 * @param tree the fields that the event is built from, with a call and a status: brackets in a name must not make it another field
 * @param parts what is signed; of a GET, the fields are in its query
 */
export function isCutByItsAuthor(record: FieldRecord, tree: FieldTree, parts: SignedParts, isGet: boolean): boolean {
  if (!isGet && hasSwallowedFields(parts.query)) return false;
  for (const name of PROTECTED) if (String(record[name]) !== String(tree[name])) return false;
  const pairs = sortedPairs(record);
  const head = pairs.slice(0, pairs.findIndex(([name]) => name === 'CallUUID') + 1);
  const isCut = head.every(([name, value]) => !ANY_PROTECTED.test(PROTECTED.has(name) ? value : name + value));
  return isCut && CALL_ID.test(String(record['CallUUID']));
}

/** Whether the query of a POST contains the beginning of a form, or the fields of a GET. Callback URLs may have one such parameter. */
export function hasSwallowedFields(query: string): boolean {
  return BARE_FIELD.test(query) || (query.includes('CallStatus=') && query.includes('CallUUID='));
}
