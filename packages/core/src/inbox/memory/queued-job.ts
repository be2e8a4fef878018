import type { AnyCallStatusEvent } from '../../event.ts';
import type { CallQueue } from './call-queue.ts';

const NO_HANDLERS: readonly string[] = [];

/** The work on one event. */
export class QueuedJob {
  readonly lane: CallQueue;
  readonly event: AnyCallStatusEvent;
  readonly serial: number;
  /** Attempts that failed. */
  failures = 0;
  /** Takes after `begin` that ended without a result. */
  interruptions = 0;
  isSuspect = false;
  doneHandlers: readonly string[] = NO_HANDLERS;
  /** Not before. */
  runAt = 0;
  /** Of its last take, until that has a result or another take follows. */
  token = '';
  leaseUntil = 0;
  /** The pause after an interruption, since its handlers were said to begin. */
  interruptedForMs: number | undefined;
  next: QueuedJob | undefined;

  constructor(lane: CallQueue, event: AnyCallStatusEvent, serial: number) {
    this.lane = lane;
    this.event = event;
    this.serial = serial;
  }
}
