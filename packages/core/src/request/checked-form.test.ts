import { describe, expect, it, vi } from 'vitest';
import { checkedForm, sayingOnce } from './checked-form.ts';

const REQUIRED = { callId: '1', rawStatus: 'up' };

/** What is left of a form, and which parts were told. */
function check(form: object): { readonly kept: unknown; readonly told: readonly string[] } {
  const told: string[] = [];
  const kept = checkedForm({ ...REQUIRED, ...form }, 'acme', (field) => told.push(field));
  return { kept: JSON.parse(JSON.stringify(kept)), told };
}

describe('a form that is right', () => {
  it('is the very same, with all its parts', () => {
    const form = {
      ...REQUIRED,
      status: 'completed',
      direction: 'web',
      from: '+15550001111',
      to: 'client:alice west',
      callerName: 'Alice',
      forwardedFrom: '+15550001112',
      line: { number: '+15550001113', name: 'Sales', id: '7' },
      account: 'AC1',
      stirVerstat: 'TN-Validation-Passed-A',
      startedAt: '2024-02-29T23:59:59Z',
      answeredAt: '2026-12-31T00:00:00.123456789Z',
      occurredAt: '2026-06-25T20:26:02.000Z',
      sequence: 0,
      durationSeconds: 20.5,
      answered: null,
      answeredBy: 'fax',
      machineDetection: { result: 'human', durationMs: 0 },
      agent: { number: '+15550001114', email: 'a@b.example' },
      hangup: { by: 'callee', number: '+15550001115', direction: 'inbound', cause: 'normal' },
      parentCallId: '2',
      recording: { url: 'https://x.example', id: 'RE1', durationSeconds: 0 },
      legs: [{}, { status: 'unknown', rawStatus: '?', durationSeconds: 1, answeredBy: 'human', causeCode: 16 }],
      sip: { code: 486, phrase: 'Busy Here', callId: 'a@b' },
      quality: { mos: 5, jitterMin: 0.1, jitterMax: 9, packetsReceived: 1, packetsSent: 0, packetsLost: 0 },
      error: { code: '1', message: 'x' },
      custom: 'x',
    };
    const dropped = vi.fn();
    expect(checkedForm(form, 'acme', dropped)).toBe(form);
    expect(dropped).not.toHaveBeenCalled();
  });

  it('may lack parts, which is not logged', () => {
    const absent = {
      from: undefined,
      to: null,
      custom: '',
      recording: { url: '', id: null },
      sip: null,
      legs: [{ number: '' }],
    };
    expect(check(absent)).toEqual({ kept: { ...REQUIRED, legs: [{}] }, told: [] });
  });
});

describe('a part that is wrong is dropped, and told', () => {
  const wrong: readonly (readonly [string, unknown])[] = [
    ...[Number.NaN, Number.POSITIVE_INFINITY, -1, '20', 20n, true].map((value) => ['durationSeconds', value] as const),
    ...[Number.NaN, 1.5, -1, '1', 2 ** 53].map((value) => ['sequence', value] as const),
    ...[0, 5.01, Number.NaN, '4'].map((value) => ['quality.mos', value] as const),
    ...[-0.1, Number.NaN].map((value) => ['quality.jitterMin', value] as const),
    ...[-1, 0.5].map((value) => ['quality.packetsLost', value] as const),
    ...[99, 700, '486'].map((value) => ['sip.code', value] as const),
    ...[
      'yesterday',
      '2026-06-25',
      '2026-06-25T20:26:02',
      '2026-06-25T20:26:02+05:30',
      '2026-06-25 20:26:02Z',
      '2026-02-30T00:00:00Z',
      '2026-04-31T00:00:00Z',
      '2025-02-29T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-00-01T00:00:00Z',
      '2026-01-00T00:00:00Z',
      '2026-01-01T24:00:00Z',
      '2026-01-01T00:00:60Z',
      'Invalid Date',
      1782419162000,
      new Date(0),
    ].map((value) => ['occurredAt', value] as const),
    ['startedAt', 'x'],
    ['answeredAt', 'x'],
    ...['ended', 'Completed', 7, {}].map((value) => ['status', value] as const),
    ['direction', 'in'],
    ['answered', 'yes'],
    ['answeredBy', 'machine_start'],
    ['hangup.by', 'agent'],
    ...[7, {}, ['x'], () => 'x', Symbol('x')].map((value) => ['from', value] as const),
    ['recording', 'https://x.example'],
    ['recording', ['x']],
    ['recording.durationSeconds', '7'],
    ['legs', { 0: {} }],
    ['error.code', 404],
    ['machineDetection.durationMs', -1],
  ];

  it.each(wrong)('%s: %o', (path, value) => {
    const [part = '', inner] = path.split('.');
    const form = inner === undefined ? { [part]: value } : { [part]: { [inner]: value } };
    expect(check(form)).toEqual({ kept: REQUIRED, told: [path] });
  });

  it('and its neighbors stay', () => {
    expect(
      check({
        from: 'x',
        sequence: -1,
        quality: { mos: 0, packetsSent: 3 },
        legs: [{ number: '1', status: 'over' }, 7, { cause: 'c' }],
      }),
    ).toEqual({
      kept: { ...REQUIRED, from: 'x', quality: { packetsSent: 3 }, legs: [{ number: '1' }, {}, { cause: 'c' }] },
      told: ['sequence', 'quality.mos', 'legs.status', 'legs'],
    });
  });

  it('and does not change the given form', () => {
    const form = Object.freeze({ ...REQUIRED, sequence: -1, sip: Object.freeze({ code: 7, phrase: 'x' }) });
    expect(check(form).kept).toEqual({ ...REQUIRED, sip: { phrase: 'x' } });
  });

  it('and so are parts that there are not, without their names, which may be the client’s', () => {
    const form = { '+15550001111': 1, __proto__x: 1, recording: { id: '1', secret: 'x' }, constructor: 'x' };
    expect(check(form)).toEqual({ kept: { ...REQUIRED, recording: { id: '1' } }, told: [] });
  });
});

it.each([undefined, null, 'x', 7, [REQUIRED]])('takes no %o for a form', (form) => {
  expect(() => checkedForm(form, 'acme', () => {})).toThrow(
    new TypeError('normalize() of acme must return an object.'),
  );
});

describe('what was dropped', () => {
  it('is said once per provider and part, without the value', () => {
    const warn = vi.fn();
    const dropped = sayingOnce({ info() {}, warn, error() {} });
    for (const provider of ['acme', 'acme', 'other']) {
      checkedForm({ ...REQUIRED, sequence: -77, from: 77 }, provider, dropped(provider));
    }
    expect(warn.mock.calls.map(([details]) => details)).toEqual([
      { provider: 'acme', field: 'sequence' },
      { provider: 'acme', field: 'from' },
      { provider: 'other', field: 'sequence' },
      { provider: 'other', field: 'from' },
    ]);
    expect(warn.mock.calls[0]?.[1]).toBe(
      'normalize() of acme returned sequence in the wrong form, so it was dropped: expected a whole number from 0. This is logged once.',
    );
    expect(JSON.stringify(warn.mock.calls)).not.toContain('77');
  });

  it('costs no event where the logger fails', () => {
    const warn = () => {
      throw new Error('full disk');
    };
    const dropped = sayingOnce({ info() {}, warn, error() {} });
    expect(checkedForm({ ...REQUIRED, sequence: -1 }, 'acme', dropped('acme'))).toEqual({
      ...REQUIRED,
      sequence: undefined,
    });
  });
});
