import { createRequire } from 'node:module';
import type qs from 'qs';
import type { CallbackRequest } from '../callback-request.ts';
import { type Limits, tooDeep } from './fields.ts';

/** Larger indices make an object, not an array: `Legs[999999]` must not cost a million slots. */
const LONGEST_ARRAY = 50;

/** `qs.parse`. Loading it takes a third of the time of loading the core, and few callbacks have brackets. */
let parse: typeof qs.parse | undefined;

/** What {@link loadBrackets} loads, at once; not in a bundle, where there are no modules to be found. */
function parser(): typeof qs.parse {
  parse ??= (createRequire(import.meta.url)('qs') as typeof qs).parse;
  return parse;
}

/** What may have brackets in its names. */
type Named = Pick<CallbackRequest, 'url' | 'body' | 'parsed'>;

/** Loads what reads brackets in names, if a request may have them. A bundle has it. */
export function loadBrackets(request: Named): Promise<void> | undefined {
  return parse === undefined && mayHaveBrackets(request) ? load() : undefined;
}

async function load(): Promise<void> {
  const { default: module } = await import('qs');
  parse = module.parse;
}

function mayHaveBrackets({ url, body, parsed }: Named): boolean {
  // Another parser may have left brackets in names.
  if (parsed !== undefined || /\[|%5b/i.test(url)) return true;
  if (!(body instanceof Uint8Array)) return false;
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return bytes.includes(OPENING) || hasEscaped(bytes);
}

/** The bytes of `[%5b`. */
const [OPENING, PERCENT, FIVE, B] = [0x5b, 0x25, 0x35, 0x62] as const;

/** Whether it has `%5B`. Every form is searched, so this goes from escape to escape: two texts to search for take twice as long. */
function hasEscaped(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(PERCENT); at >= 0; at = bytes.indexOf(PERCENT, at + 1)) {
    if (bytes[at + 1] === FIVE && (Number(bytes[at + 2]) | 0x20) === B) return true;
  }
  return false;
}

/**
 * The tree of names with brackets. Only they go to qs, which is slower than everything else here.
 * @throws CallStatusError `body_too_large`
 */
export function parseBrackets(bracketed: Record<string, unknown>, limits: Limits): Record<string, unknown> {
  const parseNames = parser();
  try {
    return parseNames(bracketed as Record<string, string>, {
      depth: limits.depth,
      strictDepth: true,
      arrayLimit: LONGEST_ARRAY,
      // Names such as `toString` are ordinary data; names that could reach a prototype were dropped before.
      allowPrototypes: true,
    });
  } catch {
    throw tooDeep(limits);
  }
}
