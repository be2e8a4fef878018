// What the documents say in tables is what the code does.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { builtInProviders, createCallStatus, ERRORS, exotel, mycpaas, signalwire, voicedock } from '@call-status/core';
import { expect, it } from 'vitest';
import { documents } from './snippets.ts';

const read = (file: string): string => readFileSync(path.resolve(import.meta.dirname, '..', file), 'utf8');

/** The cells of the table rows that begin with a name in backticks. */
function rows(text: string): ReadonlyMap<string, readonly string[]> {
  const lines = text.split('\n').filter((line) => line.startsWith('| `'));
  return new Map(
    lines
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .map(([, name = '', ...cells]) => [name.slice(1, -1), cells]),
  );
}

it.each(builtInProviders)(
  'docs/callbacks.md names every status word of $name',
  ({ definition: { name, statuses } }) => {
    const words = rows(read('docs/callbacks.md')).get(name)?.[2];
    const named = new Set([...(words ?? '').matchAll(/`([^`]+)`/g)].map(([, word]) => word));
    expect(named).toEqual(new Set(Object.keys(statuses)));
  },
);

// After a change of the table: npx vitest run test/documents.test.ts -u
it('docs/errors.md is written from the table of errors', async () => {
  const lines = Object.entries(ERRORS).map(([code, row]) => {
    const status = 'status' in row ? row.status : '';
    return `| \`${code}\` | ${status} | ${row.severity} | ${row.message} | ${row.fix} |`;
  });
  await expect(`${ABOUT_ERRORS}\n${lines.join('\n')}\n`).toMatchFileSnapshot('../docs/errors.md');
});

it('the calls of callbackParams() make what docs/callbacks.md shows', () => {
  const calls = [...read('docs/callbacks.md').matchAll(/^(\w+\.callbackParams\S*\(.*?\));.*\n\/\/ (\{.*\})$/gm)];
  expect(calls).toHaveLength(5);
  for (const [, call = '', result = ''] of calls) {
    expect(run(call), call).toEqual(run(result));
  }
});

const ABOUT_ERRORS = `# Errors

There is one class, \`CallStatusError\`. Tell errors apart by \`code\`, which is stable; \`instanceof\` fails across two copies of a package.

| property | |
|---|---|
| \`code\` | one of the table below |
| \`message\` | what happened, to what, and what to do; for people, and may change |
| \`status\` | the HTTP status with which it answered a callback; absent if it answers none |
| \`severity\` | \`error\` or \`warning\`, the level at which it is logged |
| \`details\` | \`provider\`, \`url\`, \`path\` (of the inbox), \`eventId\`, \`handler\`, \`attempt\`, \`issues\`, \`reason\`, \`hint\`, where they are known |
| \`cause\` | what was thrown, where something was |

**What deserves an alert.** \`error\`: something of yours failed, a handler, an inbox or a function; alert on each. \`warning\`: any client can cause it by a request, or it resolves by itself; alert at most on an unusual rate. After a change of secrets, URLs or proxies, watch for \`signature_mismatch\` and \`token_mismatch\`: they may be genuine callbacks.

**How much is logged.** Of each code and provider ten lines a minute. The others are counted, and one line at the end of the minute, or in \`close()\`, says how many there were (\`more\`). \`onError\` is called for each, so bound what you do there.

**What is never logged.** Secrets, phone numbers and bodies. Control characters, line separators and invisible characters are escaped. Of a URL you see the host, the plain words of the path and the names of its parameters: \`https://hooks.example.com/webhooks/…?token=…\`. Put a secret into the \`token\` parameter and not into the path: one that looks like a word would be shown. The \`cause\` of an \`error\` is what your code threw, and is logged as it is.

| code | answer | severity | what happened | what to do |
|---|---|---|---|---|`;

/** The value of an expression in a document. */
function run(expression: string): unknown {
  return runInNewContext(`(${expression})`, { exotel, mycpaas, signalwire, voicedock });
}

/** Callbacks with every field that is read, whether documented or not. */
const LAML = {
  CallSid: 'CA1',
  CallStatus: 'completed',
  Direction: 'inbound',
  From: '+15551230001',
  To: '+15551230002',
  CallerName: 'Jane Smith',
  ForwardedFrom: '+15551230003',
  AccountSid: 'AC1',
  StirVerstat: 'TN-Validation-Passed-A',
  Timestamp: 'Thu, 04 Apr 2024 18:32:15 +0000',
  SequenceNumber: '4',
  CallDuration: '142',
  AnsweredBy: 'human',
  HangupBy: '+15551230001',
  ParentCallSid: 'CA0',
  RecordingUrl: 'https://example.com/r',
  SipResultCode: '200',
  AudioInMos: '4.5',
  ErrorCode: '1',
};
const ALL_FIELDS: Readonly<Record<string, object>> = {
  signalwire: LAML,
  mycpaas: LAML,
  exotel: {
    CallSid: 'a',
    Status: 'completed',
    Direction: 'inbound',
    From: '+15551230001',
    To: '+15551230002',
    PhoneNumberSid: '+15551230003',
    AccountSid: 'a',
    StartTime: '2024-01-15 14:25:12',
    DateUpdated: '2024-01-15 14:30:45',
    ConversationDuration: 9,
    DialWhomNumber: '+15551230004',
    Cause: 'NORMAL_CLEARING',
    ErrorCode: '1',
    RecordingUrl: 'https://example.com/r',
    CustomField: 'x',
    Legs: [{ Status: 'completed', AnsweredBy: 'Human' }],
  },
  voicedock: {
    message: {
      type: 'status-update',
      timestamp: '2025-12-13T12:00:00.000Z',
      call: { id: 'a', type: 'inbound_phone_call', status: 'in-progress' },
      phone_number: { number: '+15551230002', name: 'Front Desk' },
      customer: { number: '+15551230001' },
      error: 'STT connection failed',
      end_reason: 'user_hangup',
    },
  },
};

it.each(builtInProviders)('docs/events.md says which parts $name tells', async ({ definition: { name } }) => {
  const table = /^\| part \| what \|(.*)\n[^\n]*\n((?:\|.*\n)+)/m.exec(read('docs/events.md'));
  const [, head = '', body = ''] = table ?? [];
  const column =
    head
      .split('|')
      .map((cell) => cell.trim())
      .indexOf(name) + 1;
  const parts = [...rows(body)];
  const told = parts.filter(([, cells]) => cells[column] !== '').map(([part]) => part);
  const calls = createCallStatus({ log: { warn() {}, error() {} }, worker: false });
  const json = Buffer.from(JSON.stringify(ALL_FIELDS[name]));
  const headers = { 'content-type': 'application/json' };
  const receipt = await calls
    .provider(name)
    .receive({ method: 'POST', url: '/', origin: 'https://h.example', headers, body: json });
  await calls.close();
  const { event } = receipt ?? {};
  const own = Object.keys(event ?? {}).filter((part) => parts.some(([named]) => named === part));
  expect(own.sort()).toEqual(told.sort());
  // Every part of an event is in the table, or in every event.
  const inEvery = [
    'provider',
    'id',
    'callId',
    'status',
    'rawStatus',
    'terminal',
    'transition',
    'receivedAt',
    'trust',
    'raw',
  ];
  const known = new Set([...inEvery, ...parts.map(([part]) => part)]);
  expect(Object.keys(event ?? {}).filter((part) => !known.has(part))).toEqual([]);
});

it.each(documents)('%s has no dead link', (document) => {
  for (const [, target = '', anchor] of read(document).matchAll(/\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]+))?\)/g)) {
    const file = target === '' ? document : path.join(path.dirname(document), target);
    expect(existsSync(path.resolve(import.meta.dirname, '..', file)), file).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(read(file)), `${file}#${anchor}`).toContain(anchor);
  }
});

/** The anchors that its headings get. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it('the README shows an event as it is', async () => {
  const [, json = '{}'] = /```json\n(.*?)```/s.exec(read('README.md')) ?? [];
  const { trust, raw, ...shown } = JSON.parse(json) as Record<string, unknown> & { raw: object; receivedAt: string };
  const fields = {
    ...raw,
    AccountSid: 'b3877c40-da60-4998-90ad-b792e98472af',
    Direction: 'outbound-api',
    From: '+15551234567',
    To: '+18005550199',
    Timestamp: 'Thu, 04 Apr 2024 18:32:15 +0000',
    SequenceNumber: '4',
    CallDuration: '142',
    HangupBy: '+15551234567',
    HangupDirection: 'outbound',
    AudioInMos: '4.5',
  };
  const calls = createCallStatus({
    providers: [signalwire()],
    clock: () => Date.parse(shown.receivedAt),
    log: { warn() {}, error() {} },
  });
  const receipt = await calls.receive({
    method: 'POST',
    url: '/',
    origin: 'https://h.example',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(fields)),
  });
  await calls.close();
  expect(receipt?.event).toEqual({ ...shown, trust: 'none', raw: fields });
  expect(trust).toBe('signed');
});
