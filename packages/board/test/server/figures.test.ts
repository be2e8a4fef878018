import { channel } from 'node:diagnostics_channel';
import type { ReceivedMessage } from '@call-status/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { TrafficLog } from '../../src/traffic/traffic-log.ts';
import { INBOXES, subject } from './board-under-test.ts';

describe.each(INBOXES)('figures of an inbox in %s', (_, makeInbox) => {
  it('health has the number of ended calls, and the worker and the traffic of this process', async () => {
    const { get, receive } = subject({ inbox: makeInbox(), receiver: { onEnded() {} } });
    const empty = (await get('/api/health')).body;
    expect(empty).toMatchObject({ health: { live: 0 }, ended: 0, worker: { running: 0 }, traffic: [] });
    await receive({ CallSid: 'CA1', CallStatus: 'ringing' });
    await receive({ CallSid: 'CA1', CallStatus: 'ringing' });
    await receive({ CallStatus: 'ringing' });
    const [one, other] = await Promise.all([get('/api/health'), get('/api/health')]);
    expect(one.body).toMatchObject({
      health: { live: 1 },
      traffic: [
        { provider: 'mycpaas', total: 3, refused: 1, duplicates: 1, late: 0, recent: { total: 3, refused: 1 } },
      ],
    });
    expect(other.body).toEqual(one.body);
  });

  it('an inbox without a receiver has neither', async () => {
    const { get, calls } = subject({ inbox: makeInbox(), isAlone: true });
    await calls.ready();
    const { body } = await get('/api/health');
    expect(Object.keys(body)).toEqual(['health', 'ended']);
  });

  it('stats are those of the last day by the hour, or what is asked for', async () => {
    const { get, receive } = subject({ inbox: makeInbox() });
    await receive({ CallSid: 'CA1', CallStatus: 'busy' });
    const { body } = await get('/api/stats');
    expect(Date.parse(body.until) - Date.parse(body.since)).toBe(86_400_000);
    expect(body.bucketMs).toBe(3_600_000);
    const until = new Date(Date.now() + 1000).toISOString();
    const { rows } = (await get(`/api/stats?until=${until}&bucketMs=86400000&by=status&provider=mycpaas`)).body;
    expect(rows).toMatchObject([{ group: 'busy', calls: 1 }]);
    const earliest = 'until=-271821-04-20T00:00:00Z';
    for (const query of ['since=x', earliest, 'by=x', 'bucketMs=1', 'since=2020-01-01&bucketMs=1000']) {
      expect([query, (await get(`/api/stats?${query}`)).status]).toEqual([query, 400]);
    }
  });
});

describe('traffic', () => {
  const START = Date.UTC(2026, 0, 1);
  const MINUTE = 60_000;

  function logging(): { log: TrafficLog; send: (minute: number, message?: Partial<ReceivedMessage>) => void } {
    const log = new TrafficLog();
    onTestFinished(() => log.close());
    const send = (minute: number, message: Partial<ReceivedMessage> = {}): void => {
      const startedAtMs = START + minute * MINUTE;
      const base = { provider: 'acme', outcome: 'advance', httpStatus: 200, bytes: 1, durationMs: 1, endsCall: false };
      channel('call-status:received').publish({ ...base, startedAtMs, ...message });
    };
    return { log, send };
  }

  it('is counted by minute for an hour, and by provider', () => {
    const { log, send } = logging();
    send(0);
    send(58, { outcome: 'late' });
    send(59, { outcome: 'signature_mismatch', httpStatus: 403 });
    send(59, { outcome: 'passed_on' });
    send(59, { provider: 'zeta', outcome: 'duplicate' });
    send(59, { provider: undefined as never, outcome: 'invalid_host', httpStatus: 403 });
    const [acme, unknown, zeta] = log.read(START + 59.5 * MINUTE);
    expect(acme).toMatchObject({ provider: 'acme', total: 3, refused: 1, late: 1, recent: { total: 2, refused: 1 } });
    expect([acme?.perMinute.length, acme?.perMinute[0], acme?.perMinute.slice(-2)]).toEqual([60, 1, [1, 1]]);
    expect([unknown?.provider, zeta?.provider, zeta?.duplicates]).toEqual(['unknown', 'zeta', 1]);
    const [later] = log.read(START + 60.5 * MINUTE);
    expect([later?.total, later?.perMinute[0]]).toEqual([2, 0]);
    send(60);
    expect(log.read(START + 60.5 * MINUTE)[0]?.total).toBe(3);
    const [idle] = log.read(START + 1000 * MINUTE);
    expect([idle?.total, idle?.answerMs, idle?.delayMs]).toEqual([0, undefined, undefined]);
  });

  it('counts what the API of a provider knew and its callbacks had not said', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START + MINUTE });
    onTestFinished(() => void vi.useRealTimers());
    const { log, send } = logging();
    send(0);
    for (const result of ['ended', 'advanced', 'unchanged', 'not_found', 'failed']) {
      channel('call-status:reconciled').publish({ provider: 'acme', result, durationMs: 1, endsCall: false });
    }
    expect(log.read(START + MINUTE)).toMatchObject([{ provider: 'acme', total: 1, reconciled: 2 }]);
    expect(log.read(START + 61 * MINUTE)).toMatchObject([{ total: 0, reconciled: 0 }]);
    log.close();
    channel('call-status:reconciled').publish({ provider: 'acme', result: 'ended', durationMs: 1, endsCall: true });
    expect(log.read(START + MINUTE)[0]?.reconciled).toBe(2);
  });

  it('has percentiles of the last callbacks', () => {
    const { log, send } = logging();
    for (let ms = 1; ms <= 100; ms++) {
      send(0, { durationMs: ms, occurredAt: new Date(START - ms * 10).toISOString() });
    }
    send(0, { occurredAt: new Date(START + 5000).toISOString() });
    const [acme] = log.read(START);
    expect(acme).toMatchObject({ answerMs: { p50: 50, p99: 99 }, delayMs: { p99: 990 } });
    for (let at = 0; at < 2000; at++) send(1, { durationMs: 7 });
    expect(log.read(START + MINUTE)[0]).toMatchObject({ answerMs: { p50: 7, p99: 7 } });
  });

  it('is not counted any more once the board is closed', async () => {
    const { board, get, receive } = subject();
    board.close();
    await receive({ CallSid: 'CA1', CallStatus: 'busy' });
    expect((await get('/api/health')).body.traffic).toEqual([]);
  });
});
