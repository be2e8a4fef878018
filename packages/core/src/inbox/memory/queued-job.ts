import type { AnyCallStatusEvent } from '../../event.ts';
import type { Lane } from './call-queue.ts';

const NO_HANDLERS: readonly string[] = [];

/** The work on one event. */
export class Job {
  readonly lane: Lane;
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
  next: Job | undefined;

  constructor(lane: Lane, event: AnyCallStatusEvent, serial: number) {
    this.lane = lane;
    this.event = event;
    this.serial = serial;
  }
}
