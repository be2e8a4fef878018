import { expect, it } from 'vitest';
import type { CallbackRequest } from '../callback-request.ts';
import { createCallStatus } from '../create-call-status.ts';
import { voicedock } from '../providers/voicedock.ts';

const FORM = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data; boundary=x';
const JSON_TYPE = 'application/json';
const part = (name: string): string => `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n1\r\n`;
const raise = (limit: string): string => `If the provider really sends this much, raise limits.${limit}.`;
const limits = { bytes: 2000, fields: 10, depth: 3 };

it.each<[string, string, string, Partial<CallbackRequest>, string]>([
  ['bytes of a body', JSON_TYPE, ' '.repeat(2001), {}, `The body has more than 2000 bytes. ${raise('bytes')}`],
  ['fields of a form', FORM, 'a=1&'.repeat(11), {}, `It has more than 10 fields. ${raise('fields')}`],
  [
    'parts of multipart',
    MULTIPART,
    `${part('a').repeat(11)}--x--`,
    {},
    `It has more than 10 parts. ${raise('fields')}`,
  ],
  [
    'values that a parser left of a form',
    FORM,
    '',
    { body: undefined, parsed: { a: Array(11).fill(1) } },
    `It has more than 10 values. ${raise('fields')}`,
  ],
  [
    'values that a parser left of JSON, which must have had more bytes',
    JSON_TYPE,
    '',
    { body: undefined, parsed: { a: Array(1000).fill(1) } },
    `It has more than 1000 values. ${raise('bytes')}`,
  ],
  ['levels of a form', FORM, 'a[b][c][d][e]=1', {}, `It nests deeper than 3 levels. ${raise('depth')}`],
  [
    'levels of multipart',
    MULTIPART,
    `${part('a[b][c][d][e]')}--x--`,
    {},
    `It nests deeper than 3 levels. ${raise('depth')}`,
  ],
  [
    'levels of JSON',
    JSON_TYPE,
    '{"a":{"b":{"c":{"d":{"e":1}}}}}',
    {},
    `It nests deeper than 3 levels. ${raise('depth')}`,
  ],
])('names the limit that was reached: %s', async (_, type, body, more, hint) => {
  const calls = createCallStatus({ providers: [voicedock({ token: 'x' })], limits, log: { warn() {}, error() {} } });
  const receipt = await calls.receive({
    method: 'POST',
    url: '/?token=x',
    origin: 'https://example.com',
    headers: { 'content-type': type },
    body: Buffer.from(body),
    ...more,
  });
  expect([receipt?.status, receipt?.error?.message]).toEqual([413, `The request exceeds a limit. ${hint}`]);
});
