import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contentKey, eventKey } from './event-key.ts';
import type { NormalForm } from './normal-form.ts';

it.each([
  [['completed', '4', undefined, 'RE1'], 'completed|4||RE1'],
  [['completed', undefined, '', null, 'null'], 'completed'],
  [['completed', 4], 'completed|4'],
  [[], ''],
  [['a|b', 'c\\'], 'a\\|b|c\\\\'],
])('of %j is %s', (parts, key) => {
  expect(eventKey(...parts)).toBe(key);
});

it('differs where the parts differ', () => {
  const part = fc.string({ unit: fc.constantFrom('|', '\\', 'a'), maxLength: 4 });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), fc.array(part, { maxLength: 4 }), (a, b) => {
      const same = JSON.stringify(trimmed(a)) === JSON.stringify(trimmed(b));
      expect(eventKey(...a) === eventKey(...b)).toBe(same);
    }),
    { numRuns: 2000 },
  );
});

/** Without the absent parts at the end. */
function trimmed(parts: readonly string[]): readonly string[] {
  return parts.slice(0, parts.findLastIndex((part) => part !== '') + 1);
}

const FORM: Required<{ [Part in keyof NormalForm]: unknown }> = {
  callId: 'CA1',
  rawStatus: 'completed',
  status: 'completed',
  direction: 'inbound',
  from: '+15551230001',
  to: '+15551230002',
  callerName: 'Jane Smith',
  forwardedFrom: '+15551230003',
  line: { number: '+15551230004', name: 'Sales', id: 'pn-1' },
  account: 'AC1',
  stirVerstat: 'TN-Validation-Passed-A',
  startedAt: '2026-06-02T09:00:00.000Z',
  answeredAt: '2026-06-02T09:00:10.000Z',
  occurredAt: '2026-06-02T09:00:45.000Z',
  sequence: 4,
  durationSeconds: 35,
  answered: true,
  answeredBy: 'human',
  machineDetection: { result: 'human', durationMs: 1200 },
  agent: { number: '+15551230005', email: 'agent@example.com' },
  hangup: { by: 'caller', number: '+15551230001', direction: 'inbound', cause: 'user_hangup' },
  parentCallId: 'CA0',
  recording: { url: 'https://r.example.com/1.mp3', id: 'RE1', durationSeconds: 30 },
  legs: [{ status: 'completed', rawStatus: 'completed', durationSeconds: 41 }],
  sip: { code: 200, phrase: 'OK', callId: 'a@b' },
  quality: { mos: 4.1, packetsLost: 1 },
  error: { code: '13224', message: 'Dial: invalid number' },
  custom: 'order_12345',
};
const keyOf = (changes: object = {}) => contentKey({ ...FORM, ...changes } as NormalForm);

/** Each value in the form, changed and left out; of objects and lists each part. */
function* changesOf(value: unknown): Generator<unknown> {
  yield undefined;
  if (Array.isArray(value)) yield* value.flatMap((each) => [...changesOf(each)].map((change) => [change]));
  else if (typeof value === 'object' && value !== null) {
    for (const [name, part] of Object.entries(value)) {
      for (const change of changesOf(part)) yield { ...value, [name]: change };
    }
  } else yield typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${String(value)}x`;
}

it.each(Object.keys(FORM).filter((name) => name !== 'callId' && name !== 'rawStatus'))(
  'of the content is another for another %s',
  (name) => {
    const changes = [...changesOf(FORM[name as keyof NormalForm])];
    const keys = [keyOf(), ...changes.map((change) => keyOf({ [name]: change }))];
    expect(new Set(keys).size).toBe(changes.length + 1);
  },
);

it('of the content is the same for the same content, and for a recording whose URL is signed anew', () => {
  expect(keyOf()).toBe(contentKey(structuredClone(FORM) as NormalForm));
  const signed = (signature: string) =>
    keyOf({ recording: { url: `https://r.example.com/1.mp3?Signature=${signature}` } });
  expect(signed('one')).toBe(signed('another'));
  expect(keyOf({ rawStatus: 'busy' })).not.toBe(keyOf());
});

it('of the content can be read, and holds no number of a phone', () => {
  expect(keyOf()).toMatch(/^completed\|4\|[\w-]{16}$/);
  expect(contentKey({ callId: 'a', rawStatus: 'ringing' })).toBe('ringing');
  expect(contentKey({ callId: 'a', rawStatus: 'completed', answered: null })).toBe('completed');
  expect(contentKey({ callId: 'a', rawStatus: '' })).toBe('');
  expect(contentKey({ callId: 'a', rawStatus: 'ringing' }, 'answered', undefined)).toBe('ringing||answered');
});
