import { describe, expect, it } from 'vitest';
import { normalize } from '../../test/normalized.ts';
import { plain } from '../../test/plain-provider.ts';

const NOW = Date.UTC(2026, 0, 2);
const PHONE = '+12025550101';

describe('the id of an event', () => {
  const idOf = (id: string, state = 'up', tenant?: string): string =>
    normalize(plain, { id, state }, 'none', NOW, undefined, tenant).id;

  it('is never that of another call, also when a call id looks like the hash of one', () => {
    const [, hash = ''] = idOf('CA15551234567').split(':');
    expect(hash).toMatch(/^sha256-/);
    expect(idOf(hash)).not.toBe(idOf('CA15551234567'));
    expect(idOf(hash)).toBe(`acme:%73${hash.slice(1)}:up`);
    expect(idOf(`%73${hash.slice(1)}`)).not.toBe(idOf(hash));
    const long = idOf('x'.repeat(250), 'y'.repeat(50));
    expect(idOf(long.slice('acme:'.length))).not.toBe(long);
  });

  it('is never that of another key, also when a key looks like the hash of one', () => {
    const hash = idOf('7', '+1 555 123 4567').slice('acme:7:'.length);
    const ids = [hash, `%${hash}`, `%%${hash}`, '+1 555 123 4567'].map((state) => idOf('7', state));
    expect(new Set(ids).size).toBe(4);
  });

  it('tells tenants apart, whatever they are called', () => {
    const parts = ['a', 'b:c', 'b', 'a:b', 'a@b', '@', '%40', '%3A', 'sha256-', '5551234567', 'ü'];
    const ids = new Map<string, string>();
    for (const tenant of [undefined, ...parts]) {
      for (const id of parts) {
        for (const state of ['up', 'c:up', ':']) {
          const made = idOf(id, state, tenant);
          expect(made).not.toContain('5551234567');
          expect(ids.get(made)).toBeUndefined();
          ids.set(made, `${tenant} ${id} ${state}`);
        }
      }
    }
    expect(idOf('7', 'up', 'tenant')).toBe('acme@tenant:7:up');
    expect(normalize(plain, { id: '7', state: 'up' }, 'none', NOW, undefined, 'tenant')).toMatchObject({
      tenant: 'tenant',
    });
    expect(normalize(plain, { id: '7', state: 'up' }, 'none', NOW)).not.toHaveProperty('tenant');
  });

  it('refuses ids and statuses with bytes that did not decode', () => {
    for (const fields of [
      { id: 'CA\ufffd1', state: 'up' },
      { id: '7', state: 'u\ufffd' },
    ]) {
      expect(() => normalize(plain, fields, 'none', NOW)).toThrow(
        expect.objectContaining({ code: 'invalid_callback' }),
      );
    }
  });

  it('refuses event keys with bytes that did not decode: two events would be one', () => {
    const definition = { ...plain.definition, eventKey: () => 'up|\ufffd' };
    expect(() => normalize({ ...plain, definition }, { id: '7', state: 'up' }, 'none', NOW)).toThrow(
      expect.objectContaining({ code: 'invalid_callback' }),
    );
  });

  it('keeps event ids short', () => {
    const id = 'x'.repeat(256);
    const event = normalize(plain, { id, state: 'up' }, 'none', NOW);
    expect(event.callId).toBe(id);
    expect(event.id).toMatch(/^acme:sha256-[0-9a-f]{64}$/);
    expect(normalize(plain, { id, state: 'down' }, 'none', NOW).id).not.toBe(event.id);
    expect(() => normalize(plain, { id: `${id}x`, state: 'up' }, 'none', NOW)).toThrow(
      expect.objectContaining({ code: 'invalid_callback' }),
    );
  });

  it('rejects call ids with control characters or unpaired surrogates, without quoting them', () => {
    for (const id of [`${PHONE}\0x`, `${PHONE}\n`, `\u001b${PHONE}`, `${PHONE}\u007f`, `${PHONE}\ud800`]) {
      const refused = () => normalize(plain, { id, state: 'up' }, 'none', NOW);
      expect(refused).toThrow(
        expect.objectContaining({
          code: 'invalid_callback',
          details: { provider: 'acme', reason: 'The call id has control characters or unpaired surrogates.' },
        }),
      );
      expect(refused).toThrow(expect.not.objectContaining({ message: expect.stringContaining(PHONE) }));
    }
    expect(normalize(plain, { id: 'Grüße 😀', state: 'up' }, 'none', NOW).id).toBe('acme:Grüße 😀:up');
  });

  it('makes different event ids without control characters, whatever the key has', () => {
    const states = ['up', 'up\0', 'up\0a', 'up\0b', '\0', 'up\n', 'up\ud800', 'up\ud801', `up\0${'x'.repeat(300)}`];
    const ids = states.map((state) => normalize(plain, { id: '7', state }, 'none', NOW).id);
    expect(new Set(ids).size).toBe(states.length);
    expect(ids[0]).toBe('acme:7:up');
    for (const id of ids.slice(1)) expect(id).toMatch(/^acme:sha256-[0-9a-f]{64}$/);
  });

  it('keeps phone numbers out of event ids, which are logged', () => {
    const idOf = (id: string): string => normalize(plain, { id, state: 'up' }, 'none', NOW).id;
    expect(idOf('call-_+12025550123_abc')).toMatch(/^acme:sha256-[0-9a-f]{64}:/);
    expect(idOf('12025550123')).not.toContain('2025550123');
    expect(idOf('call-_+12025550123_abc')).not.toBe(idOf('call-_+12025550124_abc'));
    expect(idOf('CA1234567890abcdef')).toContain('CA1234567890abcdef');
    for (const id of ['7c9e6679-7425-40de-944b-e07fc1f90ae7', '7c9e6679-7425-4000-9440-012345678901']) {
      expect(idOf(id)).toBe(`acme:${id}:up`);
    }
    for (const id of [
      'tel12025550143',
      'call_12025550143a',
      '+1-202-555-0143',
      '(202) 555-0143',
      '202.555.0143@sip',
      '٢٠٢٥٥٥٠١٤٣',
    ]) {
      expect(idOf(id)).toMatch(/^acme:sha256-[0-9a-f]{64}:up$/);
    }
    const state = 'ringing +12025550143';
    expect(normalize(plain, { id: '7', state }, 'none', NOW).id).toMatch(/^acme:7:sha256-[0-9a-f]{64}$/);
    const time = 'up|2025-12-13T12:00:00.000Z';
    expect(normalize(plain, { id: '7', state: time }, 'none', NOW).id).toBe(`acme:7:${time}`);
    // An escaped separator parts nothing.
    const escaped = 'up\\|1|2025-12-13T12:00:00.000Z';
    expect(normalize(plain, { id: '7', state: escaped }, 'none', NOW).id).toBe(`acme:7:${escaped}`);
    const parted = 'up|202555\\|0143';
    expect(normalize(plain, { id: '7', state: parted }, 'none', NOW).id).toMatch(/^acme:7:sha256-[0-9a-f]{64}$/);
  });

  it('tells calls apart whose ids have colons', () => {
    const a = normalize(plain, { id: 'a:b', state: 'c' }, 'none', NOW);
    const b = normalize(plain, { id: 'a', state: 'b:c' }, 'none', NOW);
    expect(a.id).not.toBe(b.id);
    const [c, d, e] = [
      ['CA:b', 'x'],
      ['CA', ':b:x'],
      ['CA%3Ab', 'x'],
    ].map(([id, state]) => normalize(plain, { id, state }, 'none', NOW).id);
    expect(new Set([c, d, e]).size).toBe(3);
  });
});
