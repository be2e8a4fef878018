import {
  type CallStatusError,
  type CallStatusEvent,
  type CallStatusOptions,
  createCallStatus,
  type Handlers,
  memoryInbox,
  type Provider,
  type Receiver,
} from '@call-status/core';
import type { EventOf } from '@call-status/core/provider';
import { type ManualClock, manualClock } from './manual-clock.ts';
import { monotonicNow, nextTurn } from './real-time.ts';

/** The options of a receiver. By default, a manual clock, a memory inbox and a silent log. */
export interface TestReceiverOptions<Providers extends readonly Provider[]>
  extends Omit<CallStatusOptions<Providers>, 'clock'> {
  /** @default manualClock() */
  readonly clock?: ManualClock;
}

/** The name of a handler of events: `onCompleted`. */
export type EventHandlerName = Exclude<keyof Handlers, 'onMissing' | 'onStuck' | 'onError'>;

/** The events that a handler gets. */
export type HandledEvent<Event, Name extends EventHandlerName> = Parameters<NonNullable<Handlers<Event>[Name]>>[0];

/** A receiver, with everything that a test needs. */
export interface TestReceiver<Event> extends AsyncDisposable {
  /** The receiver: mount it, or call `receive()` and `fetch()`. */
  readonly calls: Receiver<Event>;
  /** Its time. */
  readonly clock: ManualClock;
  /**
   * The events for which handlers of this name ran or would have run, in order.
   * @throws TypeError when there is no such handler
   */
  readonly events: <Name extends EventHandlerName>(name: Name) => readonly HandledEvent<Event, Name>[];
  /** What `onError` was called with, in order. That of a refused callback is there after `idle()` or `send()`. */
  readonly errors: () => readonly CallStatusError[];
  /**
   * Resolves when every due event has been handled, and every refused callback is in `errors()`. A retry that waits for its time is not due: use `clock.advance()`.
   *
   * @throws Error after `timeoutMs` of real time, in milliseconds. @default 5000
   */
  readonly idle: (options?: { readonly timeoutMs?: number }) => Promise<void>;
  /** Closes the receiver; handlers that still run have one second. `await using` does the same. */
  readonly close: () => Promise<void>;
}

const NAMES: readonly EventHandlerName[] = [
  'onQueued',
  'onInitiated',
  'onRinging',
  'onInProgress',
  'onCompleted',
  'onBusy',
  'onNoAnswer',
  'onFailed',
  'onCanceled',
  'onEnded',
  'onStatus',
];

/** A handler that hangs must not make a test hang. */
const CLOSE_MS = 1000;

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * Creates a receiver for testing your handlers.
 *
 * @throws CallStatusError as `createCallStatus()` does
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { exotel } from '@call-status/core';
 * import { callback, testReceiver } from '@call-status/testing';
 *
 * const { calls, events, idle, close } = testReceiver({ providers: [exotel({ token: 't' })] });
 * await calls.receive(callback(exotel, 'completed', { token: 't' }));
 * await idle();
 * assert.equal(events('onEnded').length, 1);
 * await close();
 * ```
 */
export function testReceiver<const Providers extends readonly Provider[] = readonly Provider[]>(
  options: TestReceiverOptions<Providers> = {},
): TestReceiver<Provider[] extends Providers ? CallStatusEvent : EventOf<Providers[number]>> {
  const { clock = manualClock(), inbox = memoryInbox({ clock: clock.now }), log = SILENT } = options;
  const given = { ...options, clock, inbox, log } as unknown as CallStatusOptions<Providers>;
  const calls = createCallStatus(given) as unknown as Receiver<never>;
  const handled = new Map<EventHandlerName, unknown[]>();
  const errors: CallStatusError[] = [];
  for (const name of NAMES) {
    const events: unknown[] = [];
    handled.set(name, events);
    calls[name]((event: unknown) => void events.push(event), { name: 'testReceiver' });
  }
  calls.onError((error) => void errors.push(error));
  const close = (): Promise<void> => calls.close({ deadlineMs: CLOSE_MS });
  return {
    calls,
    clock,
    events(name) {
      const events = handled.get(name);
      if (events === undefined) throw new TypeError(`There is no handler "${name}". There are ${NAMES.join(', ')}.`);
      return events as never;
    },
    errors: () => errors,
    async idle({ timeoutMs = 5000 } = {}) {
      const endsAt = monotonicNow() + timeoutMs;
      await nextTurn();
      for (;;) {
        const { due, running } = await inbox.health();
        if (due + running === 0) return;
        if (monotonicNow() > endsAt) throw new Error(notIdle(timeoutMs, due, running));
        await nextTurn();
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function notIdle(timeoutMs: number, due: number, running: number): string {
  return `Not idle after ${timeoutMs} ms: handlers of ${running} events run, and ${due} events are due. Is a handler waiting for something that the test must provide?`;
}
