// A change that nothing in the request can prove: the diagnosis may suspect something, but must not be certain.
import { expect, it } from 'vitest';
import { exotel, mycpaas, plivo, telnyx, twilio, vapi, voicedock } from '../../../src/index.ts';
import { field, parsedAs, plainHttp, rewritten } from '../changes.ts';
import { arrivalOf, diagnosisOf, type Fault } from '../fault.ts';

const FAULTS: readonly Omit<Fault, 'found'>[] = [
  { title: 'a rotated secret', provider: twilio, secrets: () => ['secret-of-last-year'] },
  { title: 'no secret', provider: twilio, secrets: () => [] },
  { title: 'a rotated token', provider: mycpaas, secrets: () => ['token-of-last-year'] },
  { title: 'a rotated password', provider: vapi, fixture: 'ended', secrets: () => ['secret-of-last-year'] },
  { title: 'another public key', provider: telnyx, fixture: 'hangup', secrets: () => ['no public key at all'] },
  {
    title: 'no token in the URL',
    provider: exotel,
    fixture: 'answered',
    changes: [rewritten((url) => url.replace(/\?.*/, ''))],
  },
  {
    title: 'a prefix that nothing names',
    provider: twilio,
    called: { url: 'https://hooks.example.com/telephony/webhooks/twilio' },
    changes: [rewritten((url) => url.replace('/telephony', ''))],
  },
  {
    title: 'a fragment that no client sends',
    provider: plivo,
    fixture: 'hangup',
    secrets: () => ['secret-of-last-year'],
    called: { url: 'https://hooks.example.com/webhooks/plivo#calls' },
  },
  {
    title: 'a body that is lost',
    provider: voicedock,
    changes: [({ body: _, ...request }) => request],
  },
  {
    title: 'an object that is nested more deeply than any callback',
    provider: voicedock,
    changes: [parsedAs(() => JSON.parse(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`))],
  },
  {
    title: 'fragments, and another secret',
    provider: twilio,
    secrets: () => ['secret-of-last-year'],
    changes: [rewritten((url) => `${url}#calls`)],
    publicUrl: 'https://hooks.example.com#voice',
  },
  {
    title: 'the fragment of publicUrl, and another secret',
    provider: twilio,
    secrets: () => ['secret-of-last-year'],
    changes: [rewritten((url) => `${url}#calls`)],
    publicUrl: 'https://hooks.example.com#calls',
  },
  { title: 'another value of a field', provider: twilio, changes: [field('CallStatus', () => 'busy')] },
  {
    title: 'three causes at once',
    provider: twilio,
    called: { fields: { CallerName: 'Jane Example ' } },
    changes: [plainHttp, rewritten((url) => `${url}/`), field('CallerName', (value) => value.trim())],
  },
];

it.each(FAULTS.map((fault) => [fault.title, fault] as const))('%s', async (_, fault) => {
  const { verdict, findings } = diagnosisOf(await arrivalOf({ ...fault, found: [] }), fault);
  expect(verdict).not.toBe('valid');
  expect(findings.filter(({ certain }) => certain)).toEqual([]);
});
