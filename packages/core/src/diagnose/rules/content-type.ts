import { type Rule, type Variant, variant } from '../rule.ts';
import { callbackOf, type Trial, withBody, withHeaders } from '../trial.ts';

/** The content type is not that of the body, or another one than the provider signs. */
export const JSON_AS_FORM: Rule = {
  name: 'json_as_form',
  variants: function* (trial) {
    if (trial.request.method === 'GET') return;
    const { kind } = callbackOf(trial).contentType;
    for (const [other, type] of TYPES) {
      if (other === kind) continue;
      const evidence = `The body was signed as ${AS[other]}, and came with ${SAID[kind]}.`;
      const chance = looksLike(trial, other) ? 'evident' : 'guess';
      yield variant(withHeaders(trial, { 'content-type': type }), chance, evidence, FIX);
    }
    yield* converted(trial);
  },
};

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';
const FIX = 'Correct the content type at the provider, or find the proxy that changes it.';
const TYPES = [
  ['form', FORM],
  ['json', JSON_TYPE],
] as const;

const AS = { form: 'a form', json: 'JSON' } as const;

const SAID = {
  form: 'the content type of a form',
  json: 'the content type of JSON',
  multipart: 'that of a multipart form',
  none: 'no content type',
  other: 'a content type that no callback has',
} as const;

function looksLike({ request }: Trial, kind: 'form' | 'json'): boolean {
  const [first] = request.body ?? [];
  return first !== undefined && (first === BRACE) === (kind === 'json');
}

const BRACE = '{'.charCodeAt(0);

/** The same fields in the other encoding. */
function* converted(trial: Trial): Iterable<Variant> {
  const fields = fieldsOf(trial);
  if (fields === undefined) return;
  const { kind } = callbackOf(trial).contentType;
  const at = (body: string, type: string, from: string, to: string): Variant => {
    const evidence = `The fields were signed as ${to}, and came as ${from}.`;
    return variant(withBody(trial, body, type), 'common', evidence, FIX);
  };
  if (kind !== 'json') yield at(JSON.stringify(fields), JSON_TYPE, SAID_AS[kind], 'JSON');
  if (kind !== 'form') yield at(new URLSearchParams(fields).toString(), FORM, SAID_AS[kind], 'a form');
}

const SAID_AS = { form: 'a form', json: 'JSON', multipart: 'a multipart form', none: 'JSON', other: 'JSON' } as const;

/** The fields, if all are texts. */
function fieldsOf(trial: Trial): Readonly<Record<string, string>> | undefined {
  try {
    const callback = callbackOf(trial);
    const { kind } = callback.contentType;
    if (kind === 'none' || kind === 'other') return undefined;
    const entries = Object.entries(callback.record);
    return entries.every(([, value]) => typeof value !== 'object' || value === null)
      ? Object.fromEntries(
          entries.map(([name, value]) => [name, value === null ? '' : String(value as string | number)]),
        )
      : undefined;
  } catch {
    return undefined;
  }
}
