import { memoryInbox, signalwire } from '@call-status/core';
import { callback, forged } from '@call-status/testing';
import { expect, it } from 'vitest';
import { ALL, type Subject, type SubjectOptions, subject } from './board-under-test.ts';

const SENT = { secret: 'a-signing-key', url: 'https://hooks.example.com/voice' };
const FORGED = forged(callback(signalwire, 'completed', SENT));

async function refusing(options: SubjectOptions = {}): Promise<Subject> {
  const receiver = { providers: [signalwire({ signingKey: 'a-signing-key' })], keepRefused: { raw: true } };
  const made = subject({ receiver: receiver, ...options });
  await made.calls.receive(FORGED);
  await made.calls.receive({ ...FORGED, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  await expect.poll(async () => (await made.inbox.refusals.list()).rows.length).toBe(2);
  return made;
}

it('refused callbacks are grouped by provider, code and hint', async () => {
  expect((await subject().get('/api/refused')).body).toEqual({ groups: [], uncounted: 0 });
  const { get } = await refusing();
  const { body } = await get('/api/refused?provider=signalwire&since=2020-01-01');
  expect(body.groups).toHaveLength(2);
  expect(body.groups.map(({ code }: { code: string }) => code).sort()).toEqual([
    'signature_mismatch',
    'signature_missing',
  ]);
  const [{ rows, count, firstAt, lastAt }] = body.groups;
  expect([rows.length, count, rows[0].firstAt, rows[0].lastAt, rows[0].hasRequest]).toEqual([
    1,
    1,
    firstAt,
    lastAt,
    true,
  ]);
  expect(JSON.stringify(body)).not.toContain('"request":');
  expect((await get('/api/refused?since=x')).status).toBe(400);
});

it('one of a group adds to its count and its times', async () => {
  const { get, inbox } = subject();
  const refusal = { code: 'token_missing', httpStatus: 403, url: '/', headerNames: [] } as const;
  const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  for (const minute of [1, 2, 3]) {
    const one = { ...refusal, count: minute, firstAt: at(minute), lastAt: at(minute + 10) };
    await inbox.refusals.keep([one], { rows: 10, bytes: 1e6, uncounted: 4 });
  }
  expect((await get('/api/refused')).body).toMatchObject({
    groups: [{ code: 'token_missing', count: 6, firstAt: at(1), lastAt: at(13) }],
    uncounted: 12,
  });
});

it('the doctor explains one', async () => {
  const { get } = await refusing({ can: ALL });
  const { groups } = (await get('/api/refused')).body;
  for (const { code, rows } of groups) {
    const { body } = await get(`/api/refusal?id=${rows[0].id}`);
    expect(body.diagnosis.verdict).toBe(code === 'signature_missing' ? 'missing' : 'mismatch');
    expect(body.row).toEqual(rows[0]);
    expect(body.request).toMatchObject({ method: 'POST', url: '/voice' });
    expect(JSON.stringify(body)).not.toContain('a-signing-key');
  }
  expect((await get('/api/refusal?id=none')).status).toBe(404);
});

it('and shows no request to visitors without the permission', async () => {
  const { get } = await refusing();
  const [{ rows }] = (await get('/api/refused')).body.groups;
  const { body } = await get(`/api/refusal?id=${rows[0].id}`);
  expect(body).not.toHaveProperty('request');
  expect(body).toHaveProperty('diagnosis');
});

it('without the receiver or the request, a note says what to do', async () => {
  const inbox = memoryInbox();
  const { get } = await refusing({ inbox, isAlone: true });
  const [{ rows }] = (await get('/api/refused')).body.groups;
  const { body } = await get(`/api/refusal?id=${rows[0].id}`);
  expect(body.note).toContain(`npx call-status doctor --db INBOX --refused ${rows[0].id}.`);
  expect(body).not.toHaveProperty('diagnosis');

  const receiver = { providers: [signalwire({ signingKey: 'a-signing-key' })] };
  const other = await refusing({ receiver: receiver });
  const [group] = (await other.get('/api/refused')).body.groups;
  const found = await other.get(`/api/refusal?id=${group.rows[0].id}`);
  expect(found.body.note).toContain('keepRefused: { raw: true }');
});
