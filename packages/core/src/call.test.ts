import { describe, expect, it } from 'vitest';
import { at, event } from '../test/call-events.ts';
import { type Call, foldCall, transitionOf } from './call.ts';
import { type AnyCallStatusEvent, CALL_STATUSES, type CallStatus, isTerminal } from './event.ts';

describe('transitionOf', () => {
  const live: readonly CallStatus[] = ['queued', 'initiated', 'ringing', 'in-progress'];
  const terminal = CALL_STATUSES.filter((status) => isTerminal(status));

  it('lets a call advance to every later status, and from none to any', () => {
    for (const [rank, status] of live.entries()) {
      expect(transitionOf(undefined, status)).toBe('advance');
      expect(transitionOf('unknown', status)).toBe('advance');
      for (const later of [...live.slice(rank + 1), ...terminal]) expect(transitionOf(status, later)).toBe('advance');
    }
    for (const status of terminal) {
      expect(transitionOf(undefined, status)).toBe('advance');
      expect(transitionOf('unknown', status)).toBe('advance');
    }
  });

  it('calls every lower status late', () => {
    for (const [rank, status] of live.entries()) {
      for (const later of [...live.slice(rank + 1), ...terminal]) expect(transitionOf(later, status)).toBe('late');
    }
  });

  it('calls the same status a repeat, and another end a conflict', () => {
    for (const status of CALL_STATUSES) expect(transitionOf(status, status)).toBe('repeat');
    for (const first of terminal) {
      for (const second of terminal) {
        if (first !== second) expect(transitionOf(first, second)).toBe('conflict');
      }
    }
  });

  it('is not moved by an unknown status', () => {
    expect(transitionOf(undefined, 'unknown')).toBe('repeat');
    for (const status of CALL_STATUSES) expect(transitionOf(status, 'unknown')).toBe('repeat');
  });
});

describe('foldCall', () => {
  it('folds a call that went all the way', () => {
    const events = [
      event('queued', { direction: 'outbound', from: '+12025550101', to: '+12025550102', occurredAt: at(0) }),
      event('initiated', { occurredAt: at(1), parentCallId: 'c0' }),
      event('ringing', { occurredAt: at(2) }),
      event('in-progress', { answeredBy: 'human', receivedAt: at(4) }),
      event('completed', {
        occurredAt: at(60),
        receivedAt: at(61),
        durationSeconds: 56,
        sip: { code: 200 },
        quality: { mos: 4.2 },
        legs: [{ status: 'completed' }],
        custom: 'order 7',
      }),
    ];
    expect(foldCall(events)).toEqual({
      provider: 'acme',
      callId: 'c1',
      status: 'completed',
      terminal: true,
      outcome: 'completed',
      direction: 'outbound',
      from: '+12025550101',
      to: '+12025550102',
      parentCallId: 'c0',
      queuedAt: at(0),
      initiatedAt: at(1),
      ringingAt: at(2),
      answeredAt: at(4),
      endedAt: at(60),
      durationSeconds: 56,
      answeredBy: 'human',
      sip: { code: 200 },
      quality: { mos: 4.2 },
      legs: [{ status: 'completed' }],
      custom: 'order 7',
      firstEventAt: at(0),
      lastEventAt: at(61),
      events,
    } satisfies Call);
  });

  it('has nothing that its events do not tell', () => {
    const only = event('ringing');
    expect(foldCall([only])).toEqual({
      provider: 'acme',
      callId: 'c1',
      status: 'ringing',
      terminal: false,
      ringingAt: at(0),
      firstEventAt: at(0),
      lastEventAt: at(0),
      events: [only],
    });
  });

  it('keeps what comes after the end', () => {
    const recording = { url: 'https://acme.example/r/1' };
    const call = foldCall([
      event('completed', { sequence: 3, durationSeconds: 10, receivedAt: at(1) }),
      event('completed', { id: 'later', sequence: 4, durationSeconds: 12, transition: 'repeat', receivedAt: at(9) }),
      event('ringing', { recording, error: { code: '11200' }, transition: 'late' }),
    ]);
    expect(call).toMatchObject({ durationSeconds: 12, recording, error: { code: '11200' }, endedAt: at(1) });
  });

  it('prefers the later of two events with the same status and no sequence', () => {
    const [early, late] = [
      event('ringing', { id: 'z', occurredAt: at(1), answeredBy: 'unknown' }),
      event('ringing', { id: 'a', occurredAt: at(2), answeredBy: 'machine' }),
    ] as const;
    expect(foldCall([late, early])).toMatchObject({ answeredBy: 'machine', ringingAt: at(1) });
  });

  it('stays with the first end, and takes details of the other only where the first has none', () => {
    const call = foldCall([
      event('completed', { transition: 'conflict', durationSeconds: 0, occurredAt: at(2), custom: 'x' }),
      event('busy', { durationSeconds: 5, occurredAt: at(9) }),
    ]);
    expect(call).toMatchObject({ status: 'busy', outcome: 'busy', durationSeconds: 5, endedAt: at(9), custom: 'x' });
  });

  it('is unknown as long as nothing else is known', () => {
    expect(foldCall([event('unknown')])).toMatchObject({ status: 'unknown', terminal: false });
    expect(foldCall([event('queued'), event('unknown', { sequence: 9 })]).status).toBe('queued');
  });

  it('was answered if any event proves it, was not if one proves the contrary, and else it is not known', () => {
    const answered = (...events: AnyCallStatusEvent[]) => foldCall(events).answered;
    const talked = event('in-progress', { answered: true });
    expect(answered(event('ringing'), event('completed'))).toBeUndefined();
    expect(answered(event('ringing'), event('busy', { answered: false }))).toBe(false);
    expect(answered(talked, event('completed'))).toBe(true);
    expect(answered(event('failed', { answered: false }), talked)).toBe(true);
    // The first outcome stays, with what it says.
    const conflict = event('completed', { answered: true, transition: 'conflict' });
    expect(answered(event('busy', { answered: false }), conflict)).toBe(false);
  });

  it('was answered when the provider says so, else when it was first in progress', () => {
    const first = event('in-progress', { occurredAt: at(10) });
    expect(foldCall([first]).answeredAt).toBe(at(10));
    expect(foldCall([first, event('completed', { answeredAt: at(8), startedAt: at(1) })])).toMatchObject({
      answeredAt: at(8),
      startedAt: at(1),
    });
  });

  it('has the tenant, and who hung up, of its furthest event', () => {
    const ended = event('completed', { tenant: 'a', hangup: { by: 'caller' }, line: { number: '+15551230001' } });
    const before = event('ringing', { tenant: 'a', account: 'AC1', hangup: { by: 'callee' } });
    expect(foldCall([before, ended])).toMatchObject({
      tenant: 'a',
      account: 'AC1',
      hangup: { by: 'caller' },
      line: { number: '+15551230001' },
    });
  });

  it('needs an event', () => {
    expect(() => foldCall([])).toThrow(expect.objectContaining({ code: 'invalid_options' }));
  });
});
