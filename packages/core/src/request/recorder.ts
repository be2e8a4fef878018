import type { Ack, CallbackRequest } from '../callback-request.ts';
import { CallStatusError, isCallStatusError } from '../errors.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import { withDeadline } from '../handlers/deadline.ts';
import type { Inbox, NewEvent, Recorded } from '../inbox/inbox.ts';
import { PendingRequest, type PendingRequests } from './pending-requests.ts';

/** What a recorder needs of its receiver. */
export interface RecorderOptions {
  readonly inbox: Pick<Inbox, 'record'>;
  readonly ack: Ack;
  readonly ackDeadlineMs: number;
  readonly recordDeadlineMs: number;
  readonly arrivals: PendingRequests;
  /** Opens the inbox if it is not open yet; a promise where that takes time. */
  open(): Promise<void> | undefined;
  /** Whether handlers run in this process. */
  isWorking(): boolean;
  report(error: CallStatusError): void;
}

/** The last step of a callback: its event is recorded, and then it may be acknowledged. */
export class Recorder {
  readonly #options: RecorderOptions;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /**
   * Resolves to the event when it may be acknowledged. Its handlers wait until the answer has left.
   *
   * @throws CallStatusError those of the inbox; `not_handled`
   */
  async record(unrecorded: NewEvent, request: Partial<CallbackRequest>): Promise<AnyCallStatusEvent> {
    const { ack, ackDeadlineMs, arrivals } = this.#options;
    const { id, provider } = unrecorded;
    const waits = ack === 'handled';
    let arrival = arrivals.get(id);
    const first = arrival === undefined && (waits || this.#options.isWorking());
    if (first) {
      arrival = new PendingRequest(request, !waits);
      arrivals.add(id, arrival);
    }
    const outcome = waits ? arrival?.handled(ackDeadlineMs) : undefined;
    let recorded: Recorded;
    try {
      const opening = this.#options.open();
      if (opening !== undefined) await opening;
      recorded = await this.#recordInTime(unrecorded);
    } catch (cause) {
      if (first) arrivals.settle(id, false);
      if (isCallStatusError(cause) && cause.status === 503) throw cause;
      throw new CallStatusError('inbox_unavailable', { provider, eventId: id }, { cause });
    }
    const { transition, done } = recorded;
    if (done) arrivals.settle(id, true);
    else if (first && transition === 'duplicate' && !waits) arrivals.remove(id);
    if (transition === 'conflict') {
      this.#options.report(new CallStatusError('conflicting_status', { provider, eventId: id }));
    }
    if (outcome !== undefined && !(await outcome)) throw new CallStatusError('not_handled', { provider, eventId: id });
    return { ...unrecorded, transition } as AnyCallStatusEvent;
  }

  /** The provider gives up at some time: it is better told to try again. */
  async #recordInTime(unrecorded: NewEvent): Promise<Recorded> {
    const { inbox, recordDeadlineMs } = this.#options;
    const recording = inbox.record(unrecorded);
    if (await withDeadline(recording, recordDeadlineMs)) return recording;
    const { provider, id: eventId } = unrecorded;
    const reason = `It did not answer within ${recordDeadlineMs} ms (recordDeadlineMs). The event may have been recorded: then the next try is a duplicate.`;
    throw new CallStatusError('inbox_unavailable', { provider, eventId, reason });
  }
}
