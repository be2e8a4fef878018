import { exotel, voicedock } from '@call-status/core';
import { callback } from '@call-status/testing';
import { describe, expect, it } from 'vitest';
import { Privacy } from '../../src/privacy/privacy.ts';
import { ALL, subject } from './board-under-test.ts';

const masked = new Privacy(false, undefined);

describe('values', () => {
  it.each([
    ['from', '+15550100001', '+1555•••0001'],
    ['to', 'sip:+15550100001@host.example', 'sip:+1555•••0001@host.example'],
    ['to', 'alice@host.example', 'a•••@host.example'],
    ['from', 'client:alice', 'client:a•••'],
    ['to', '@host.example', '•••@host.example'],
    ['from', 'anonymous', 'anonymous'],
    ['from', '1001', '1001'],
    ['from', '', ''],
    ['number', '5550100', '555•••00'],
    ['email', 'agent@example.com', 'a•••@example.com'],
    ['callerName', 'Ärzte', 'Ä•••'],
    ['callerName', '\ud83d\ude00x', '\ud83d\ude00•••'],
    ['callId', '15550100001', '15550100001'],
    ['callId', 'call-+15550100001', 'call-+1555•••0001'],
    ['custom', 'order 1', '•••'],
    ['message', 'no route to +15550100001 at 10.0.0.1', 'no route to +1555•••0001 at 10.0.0.1'],
    ['receivedAt', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
  ])('%s %s is %s', (field, value, shown) => {
    expect(masked.of({ [field]: value })).toEqual({ [field]: shown });
    const revealing = new Privacy(true, undefined);
    expect(revealing.of({ [field]: value })).toEqual({ [field]: value });
  });

  it('below other values are masked too, and what the application added is hidden whole', () => {
    expect(masked.of({ legs: [{ number: '+15550100001', n: 1, none: null }], custom: { a: ['b'] } })).toEqual({
      legs: [{ number: '+1555•••0001', n: 1, none: null }],
      custom: { a: ['•••'] },
    });
  });

  it('that are URLs of recordings have no query and no user', () => {
    const of = (url: string): string => masked.of({ recording: { url }, url }).recording.url;
    expect(of('https://user:secret@r.example/a.mp3?token=secret#x')).toBe('https://r.example/a.mp3');
    expect(of('/a.mp3?token=secret')).toBe('/a.mp3');
    expect(of('https://r.example/+15550100001.mp3')).toBe('https://r.example/+1555•••0001.mp3');
    expect(new Privacy(true, undefined).of({ recording: { url: '/a?token=secret' } }).recording.url).toBe('/a');
  });

  it('are masked by the option `mask`, only those that must be', () => {
    const own = new Privacy(false, (field, value) => `${field}:${value.length}`);
    expect(own.of({ from: '+15550100001', status: 'busy', callId: 'CA1' })).toEqual({
      from: 'from:12',
      status: 'busy',
      callId: 'CA1',
    });
    expect(own.text('+15550100001')).toBe('text:12');
    const failing = new Privacy(false, () => {
      throw new Error('x');
    });
    expect(failing.of({ from: '+15550100001' })).toEqual({ from: '+1555•••0001' });
    const odd = new Privacy(false, (() => 7) as never);
    expect(odd.of({ from: '+15550100001' })).toEqual({ from: '7' });
  });
});

describe('what visitors see of genuine callbacks', () => {
  it('has no number, no data of the application and no token', async () => {
    const receiver = { providers: [exotel({ token: 'secret' }), voicedock({ secret: 'a-secret' })] };
    const { calls, get } = subject({ receiver: receiver });
    const fields = { CustomField: 'order-of-alice', RecordingUrl: 'https://r.example/a.mp3?token=a-token' };
    await calls.receive(callback(exotel, 'completed', { token: 'secret', fields }));
    await calls.receive(callback(voicedock, 'completed', { secret: 'a-secret', callId: 'call-_+12025550178_abc123' }));
    const { rows } = (await get('/api/calls')).body;
    expect(rows).toHaveLength(2);
    for (const { key } of rows) {
      const { body } = await get(`/api/call?key=${key}`);
      const text = JSON.stringify([body, rows]) + Buffer.from(key.slice(1), 'base64url').toString('latin1');
      expect(text).not.toMatch(/5550178|5550143|order-of-alice|a-token|"raw"/);
    }
    const events = await get('/api/events?after=');
    expect(JSON.stringify(events.body)).not.toContain('5550178');
  });
});

describe('hostile callbacks', () => {
  it.each([
    ['markup', '<script>alert(1)</script>'],
    ['control characters', '\u0000\u001b[2J\u009b\u202e\u2028'],
    ['the language of shells', '"\'`;$(id)'],
    ['64 kB', 'x'.repeat(64 * 1024)],
  ])('with %s are plain JSON', async (_, text) => {
    const { get, receive } = subject({ can: ALL, receiver: { limits: { bytes: 1_000_000 } } });
    const status = await receive({ CallSid: 'CA1', CallStatus: text, From: text, To: text, CallerName: text });
    expect(status).toBe(200);
    const { rows } = (await get('/api/calls')).body;
    const { status: found, headers, body } = await get(`/api/call?key=${rows[0].key}`);
    expect([found, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(body.events[0].curl).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
    for (const path of ['calls', 'dead', 'health', 'stats?by=error', 'refused']) {
      expect((await get(`/api/${path}`)).status).toBe(200);
    }
  });
});
