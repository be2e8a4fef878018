import * as v from 'valibot';
import { expect, it } from 'vitest';
import { createCallStatus, memoryInbox } from '../index.ts';
import { defineProvider } from '../provider/define-provider.ts';
import { required } from '../provider/standard-schema.ts';
import { issuesOfOwnOptions, withOwnOptions } from './check-providers.ts';

const seen: unknown[] = [];

const acme = defineProvider({
  name: 'acme',
  signs: 'nothing',
  options: {
    region: v.optional(v.picklist(['eu', 'us']), 'eu'),
    zone: v.pipe(v.string(), v.transform(Number)),
    note: v.optional(v.string()),
  },
  statuses: { over: 'completed' },
  schema: required<{ readonly id: string }>('id'),
  recognizes: (callback, _, { region }) => callback.parameter('region') === region,
  isCallStatus: (fields, { zone }) => fields['zone'] === String(zone) || 'It has another zone.',
  normalize: ({ id }, options) => {
    seen.push(options);
    return { callId: id, rawStatus: 'over' };
  },
  eventKey: () => 'over',
});

it('reach the provider as their schemas make them, with their defaults', async () => {
  const providers = [acme({ zone: '7', token: 't' })];
  const calls = createCallStatus({ providers, inbox: memoryInbox() });
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '11' };
  const send = (region: string, zone: string) => {
    const url = `/?token=t&region=${region}`;
    const body = Buffer.from(`id=1&zone=${zone}`);
    return calls.receive({ method: 'POST', url, origin: 'https://h.example', headers, body, callbackOnly: false });
  };
  expect(await send('eu', '7')).toMatchObject({ status: 200 });
  expect(await send('us', '7')).toBeUndefined();
  expect(await send('eu', '8')).toBeUndefined();
  expect(seen).toEqual([{ zone: 7, region: 'eu', token: 't' }]);
  expect(providers[0]?.options).toEqual({ zone: '7', token: 't' });
  await calls.close();
});

it('leave the provider as it is where they change nothing', () => {
  const given = acme({ zone: '7', region: 'us' });
  const plain = { ...given, definition: { ...given.definition, options: { region: v.string() } } };
  const plainOnes = [plain];
  expect(withOwnOptions(plainOnes)).toBe(plainOnes);
  const without = { ...given, definition: { ...given.definition, options: undefined as never } };
  expect([withOwnOptions([without])[0], issuesOfOwnOptions(without)]).toEqual([without, []]);
});

it('are refused by their path', () => {
  expect(issuesOfOwnOptions(acme({ region: 'au' as never, zone: undefined as never }))).toEqual([
    '`acme.region`: expected ("eu" | "us").',
    '`acme.zone`: missing.',
  ]);
  const provider = acme({ zone: '7' });
  const wrong = { ...provider, options: { zone: 7 } as object };
  expect(withOwnOptions([wrong])[0]?.options).toEqual({ zone: 7, region: 'eu' });
});

it('need schemas that have their result at once', () => {
  const provider = acme({ zone: '7' });
  const later = v.pipeAsync(
    v.string(),
    v.checkAsync(async () => true),
  );
  const wrong = { ...provider, definition: { ...provider.definition, options: { zone: later as never } } };
  expect(() => issuesOfOwnOptions(wrong)).toThrow('The schema of acme.zone must be synchronous');
});
