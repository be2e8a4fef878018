import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { CallbackRequest } from '../callback-request.ts';
import { PendingRequest, PendingRequests } from './pending-requests.ts';

vi.mock('../timer.ts', () => import('../../test/global-timers.ts'));

const REQUEST: CallbackRequest = { method: 'POST', url: '/', origin: '', headers: {}, frameworkRequest: 'the request' };

describe('PendingRequest', () => {
  it('waits until the answer has left', async () => {
    let leave = (): void => {};
    const onAnswered = (listener: () => void): void => {
      leave = listener;
    };
    const arrival = new PendingRequest({ ...REQUEST, onAnswered }, true);
    let answered = false;
    const waiting = arrival.starting()?.then(() => {
      answered = true;
    });
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    leave();
    await waiting;
    expect(answered).toBe(true);
    expect(arrival.starting()).toBeUndefined();
  });

  it('does not wait if the answer was sent before, if the adapter does not tell, or if the answer waits for the handlers', () => {
    const at = (listener: () => void): void => listener();
    expect(new PendingRequest({ ...REQUEST, onAnswered: at }, true).starting()).toBeUndefined();
    expect(new PendingRequest(REQUEST, true).starting()).toBeUndefined();
    expect(new PendingRequest({ ...REQUEST, onAnswered: () => {} }, false).starting()).toBeUndefined();
    expect(new PendingRequest(REQUEST, true).frameworkRequest).toBe('the request');
  });

  it('does not wait forever for an answer that is never reported', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const waiting = new PendingRequest({ ...REQUEST, onAnswered: () => {} }, true).starting();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await waiting).toBeUndefined();
  });

  it('tells all who ask whether it was handled, and those who waited too long that it was not', async () => {
    const arrival = new PendingRequest(REQUEST, false);
    const impatient = arrival.handled(0);
    expect(await impatient).toBe(false);
    const patient = [arrival.handled(60_000), arrival.handled(60_000)];
    arrival.settle(true);
    expect(await Promise.all(patient)).toEqual([true, true]);
  });
});

describe('PendingRequests', () => {
  it('settles and forgets', async () => {
    const list = new PendingRequests();
    const arrival = new PendingRequest(REQUEST, false);
    list.add('1', arrival);
    expect(list.get('1')).toBe(arrival);
    const handled = arrival.handled(60_000);
    list.settle('1', false);
    list.settle('2', true);
    expect(await handled).toBe(false);
    expect(list.get('1')).toBeUndefined();
    list.add('3', arrival);
    list.remove('3');
    expect(list.get('3')).toBeUndefined();
  });

  it('forgets those whose first attempt is not made here', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const list = new PendingRequests();
    list.add('1', new PendingRequest(REQUEST, false));
    vi.advanceTimersByTime(59_999);
    list.add('2', new PendingRequest(REQUEST, false));
    expect(list.get('1')).toBeDefined();
    vi.advanceTimersByTime(1);
    list.add('3', new PendingRequest(REQUEST, false));
    expect(['1', '2', '3'].map((id) => list.get(id) !== undefined)).toEqual([false, true, true]);
  });

  it('forgets the oldest when there are too many', () => {
    const list = new PendingRequests();
    const arrival = new PendingRequest(REQUEST, false);
    for (let id = 0; id <= 1000; id++) list.add(`event ${id}`, arrival);
    const kept = ['event 0', 'event 499', 'event 500', 'event 1000'].map((id) => list.get(id) !== undefined);
    expect(kept).toEqual([false, false, true, true]);
  });

  it('keeps those whose answer waits for the handlers', async () => {
    const list = new PendingRequests();
    const handled: Promise<boolean>[] = [];
    for (let id = 0; id <= 3000; id++) {
      const arrival = new PendingRequest(REQUEST, false);
      handled.push(arrival.handled(60_000));
      list.add(`event ${id}`, arrival);
    }
    for (let id = 0; id <= 3000; id++) list.settle(`event ${id}`, true);
    expect(new Set(await Promise.all(handled))).toEqual(new Set([true]));
  });
});
