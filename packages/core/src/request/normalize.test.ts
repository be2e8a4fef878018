import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { normalize } from '../../test/normalized.ts';
import { acme, plain } from '../../test/plain-provider.ts';
import { defineProvider } from '../provider/define-provider.ts';
import type { NormalForm } from '../provider/normal-form.ts';
import { signalwire } from '../providers/signalwire.ts';
import { voicedock } from '../providers/voicedock.ts';

const NOW = Date.UTC(2026, 0, 2);
const PHONE = '+12025550101';

describe('normalize', () => {
  it('makes an event, in which absent means absent', () => {
    const fields = { id: '7', state: 'down', extra: 'kept' };
    const provider = acme(({ id, state }) => ({
      callId: id,
      rawStatus: state,
      from: PHONE,
      to: undefined,
      sequence: 0,
    }));
    expect(normalize(provider, fields, 'signed', NOW)).toStrictEqual({
      provider: 'acme',
      id: 'acme:7:down',
      callId: '7',
      status: 'completed',
      rawStatus: 'down',
      terminal: true,
      receivedAt: '2026-01-02T00:00:00.000Z',
      source: 'callback',
      trust: 'signed',
      raw: fields,
      from: PHONE,
      sequence: 0,
      // Room for what the inbox decides.
      transition: undefined,
    });
  });

  it('makes unknown of a status that it does not know, and takes the one that the provider decides', () => {
    expect(normalize(plain, { id: '7', state: 'sideways' }, 'none', NOW)).toMatchObject({
      status: 'unknown',
      rawStatus: 'sideways',
      terminal: false,
    });
    const decided = acme(({ id, state }) => ({ callId: id, rawStatus: state, status: 'busy' }));
    expect(normalize(decided, { id: '7', state: 'up' }, 'none', NOW)).toMatchObject({ status: 'busy', terminal: true });
  });

  it('finds the status by the cause of the end, before the status word and after what the provider decides', () => {
    const statusOf = (cause: string, more: object = {}) => {
      const made = acme(({ id, state }) => ({ callId: id, rawStatus: state, hangup: { cause }, ...more }));
      const causes = { 'user-busy': 'busy', 'error-*': 'failed', 'error-sip-4*': 'no-answer' } as const;
      const provider = { ...made, definition: { ...made.definition, causes } };
      return normalize(provider, { id: '7', state: 'down' }, 'none', NOW).status;
    };
    expect(statusOf('user-busy')).toBe('busy');
    expect(statusOf('User-Busy ')).toBe('busy');
    expect(statusOf('error-timeout')).toBe('failed');
    expect(statusOf('error-sip-408')).toBe('no-answer');
    expect(statusOf('constructor')).toBe('completed');
    expect(statusOf('user-busy', { status: 'canceled' })).toBe('canceled');
  });

  it('makes events of more shapes than it remembers', () => {
    const parts = ['from', 'to', 'callerName', 'forwardedFrom', 'account', 'stirVerstat', 'parentCallId', 'custom'];
    const more = ['direction', 'answeredBy', 'answered'];
    const values: Record<string, unknown> = { direction: 'web', answeredBy: 'human', answered: true };
    const names = [...parts, ...more];
    for (let shape = 0; shape < 2 ** names.length; shape++) {
      const given = names.filter((_, at) => shape & (1 << at)).map((name) => [name, values[name] ?? 'x'] as const);
      const provider = acme(({ id, state }) => ({ callId: id, rawStatus: state, ...Object.fromEntries(given) }));
      const event = normalize(provider, { id: '7', state: 'sideways' }, 'none', NOW);
      expect(names.filter((name) => event[name as keyof typeof event] !== undefined).sort()).toEqual(
        given.map(([name]) => name).sort(),
      );
    }
  });

  it('says whether a call was answered as its status does, unless the provider knows better', () => {
    const answered = (form: Partial<NormalForm>) =>
      normalize(
        acme(({ id, state }) => ({ callId: id, rawStatus: state, ...form })),
        { id: '7', state: 'x' },
        'none',
        NOW,
      ).answered;
    const statuses = ['ringing', 'in-progress', 'completed', 'busy', 'no-answer', 'failed', 'canceled'] as const;
    expect(statuses.map((status) => answered({ status }))).toEqual([
      undefined,
      true,
      undefined,
      false,
      false,
      undefined,
      false,
    ]);
    expect([true, false, null].map((value) => answered({ status: 'in-progress', answered: value }))).toEqual([
      true,
      false,
      undefined,
    ]);
  });

  it.each([
    ['no id', { state: PHONE }, ['id: missing.']],
    ['an empty status', { id: PHONE, state: '' }, ['state: expected a non-empty string.']],
    ['a number for an id', { id: 12025550101, state: 'up' }, ['id: expected string.']],
  ])('says what is wrong without quoting it: %s', (_, fields, issues) => {
    const refused = expect.objectContaining({ code: 'invalid_callback', details: { provider: 'acme', issues } });
    expect(() => normalize(plain, fields, 'none', NOW)).toThrow(refused);
    expect(() => normalize(plain, fields, 'none', NOW)).toThrow(expect.not.objectContaining({ message: /2025550101/ }));
  });

  it('says what is missing by its name on the wire', () => {
    expect(() => normalize(signalwire(), { CallStatus: 'completed' }, 'none', NOW)).toThrow(/ CallSid: missing\. /);
    expect(() => normalize(voicedock(), {}, 'none', NOW)).toThrow(
      / message\.call\.id: missing\. message\.call\.status: missing\. /,
    );
  });

  it('names the body where nothing else can be named', () => {
    const custom = defineProvider({ ...plain.definition, schema: v.custom<object>(() => false) });
    expect(() => normalize(custom(), {}, 'none', NOW)).toThrow(/body: expected unknown\./);
    const checked = defineProvider({
      ...plain.definition,
      schema: v.pipe(
        v.looseObject({}),
        v.check(() => false),
      ),
    });
    expect(() => normalize(checked(), {}, 'none', NOW)).toThrow(/body: expected another value\./);
  });

  it.each([
    ['normalize', { normalize: thrower }],
    ['eventKey', { eventKey: thrower }],
    ['the schema', { schema: v.pipe(v.looseObject({}), v.check(thrower)) }],
  ])('lets out what %s throws: it is a bug, and the callback may be right', (_, more) => {
    const buggy = { ...plain, definition: { ...plain.definition, ...more } };
    expect(() => normalize(buggy, { id: '7', state: 'up' }, 'none', NOW)).toThrow(BUG);
  });

  it('gives normalize and eventKey what the schema made, and the event what came', () => {
    const provider = defineProvider({
      ...plain.definition,
      schema: v.object({ id: v.string(), seconds: v.pipe(v.string(), v.transform(Number)) }),
      normalize: ({ id, seconds }) => ({ callId: id, rawStatus: 'up', durationSeconds: seconds }),
      eventKey: ({ seconds }) => String(seconds + 1),
    })();
    const fields = { id: '7', seconds: '20', more: 'x' };
    expect(normalize(provider, fields, 'none', NOW)).toMatchObject({
      id: 'acme:7:21',
      durationSeconds: 20,
      raw: fields,
    });
  });

  it.each([
    ['a call id', { callId: undefined }],
    ['a call id', { callId: null }],
    ['a call id', { callId: '' }],
    ['a status', { rawStatus: undefined }],
  ])('refuses a callback without %s', (_, parts) => {
    const provider = acme(() => ({ callId: '1', rawStatus: 'up', ...parts }) as NormalForm);
    expect(() => normalize(provider, { id: '7', state: 'up' }, 'none', NOW)).toThrow(
      expect.objectContaining({ code: 'invalid_callback' }),
    );
  });

  it.each([{ callId: 7 }, { rawStatus: {} }])('takes %o for a bug of the provider', (parts) => {
    const provider = acme(() => ({ callId: '1', rawStatus: 'up', ...parts }) as unknown as NormalForm);
    expect(() => normalize(provider, { id: '7', state: 'up' }, 'none', NOW)).toThrow(TypeError);
  });

  it('drops parts of the normal form that are wrong, before the key is made of it', () => {
    const told: string[] = [];
    const provider = acme(
      () => ({ callId: '1', rawStatus: 'up', durationSeconds: Number.NaN, sequence: 1 }),
      (_, form) => JSON.stringify(form),
    );
    const event = normalize(provider, { id: '7', state: 'up' }, 'none', NOW, (field) => told.push(field));
    expect(event).toMatchObject({ id: 'acme:1:{"callId":"1","rawStatus":"up","sequence":1}', sequence: 1 });
    expect(event).not.toHaveProperty('durationSeconds');
    expect(told).toEqual(['durationSeconds']);
  });

  it('refuses a schema that has its result only later', () => {
    const provider = defineProvider({
      ...plain.definition,
      schema: v.pipeAsync(
        v.looseObject({}),
        v.checkAsync(() => Promise.reject(BUG)),
      ),
    })();
    expect(() => normalize(provider, {}, 'none', NOW)).toThrow('The schema of acme must be synchronous');
  });
});

const BUG = new TypeError('a bug');

function thrower(): never {
  throw BUG;
}
