import type { Ack, CallbackRequest } from '../callback-request.ts';
import { CallStatusError, isCallStatusError } from '../errors.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import { withDeadline } from '../handlers/deadline.ts';
import type { Inbox, NewEvent, Recorded } from '../inbox/inbox.ts';
import type { Outage } from '../inbox/outage.ts';
import type { HandledElsewhere } from './handled-elsewhere.ts';
import { PendingRequest, type PendingRequests } from './pending-requests.ts';

/** What a recorder needs from its receiver. */
export interface RecorderOptions {
  readonly inbox: Pick<Inbox, 'record' | 'durable'>;
  readonly ack: Ack;
  readonly ackDeadlineMs: number;
  readonly recordDeadlineMs: number;
  /** The receiver's option; `undefined`: handlers run here once there is one. */
  readonly worker: boolean | undefined;
  readonly pending: PendingRequests;
  /** With `ack: 'handled'` and an inbox that other processes share. */
  readonly elsewhere: HandledElsewhere | undefined;
  readonly outage: Outage;
  /** Opens the inbox if it is not open yet; a promise if that takes time. */
  readonly open: () => Promise<void> | undefined;
  /** Whether handlers run in this process. */
  isWorking(): boolean;
  report(error: CallStatusError): void;
}

/** Step 6: records the event of a callback, which may then be acknowledged. */
export class Recorder {
  readonly #options: RecorderOptions;
  #mayLackWorker = true;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /**
   * Resolves to the event as soon as it may be acknowledged. Its handlers wait until the answer has been sent.
   *
   * @throws CallStatusError those of the inbox; `not_handled`
   */
  async record(newEvent: NewEvent, request: Partial<CallbackRequest>, trace?: string): Promise<AnyCallStatusEvent> {
    const { ack, ackDeadlineMs, pending, elsewhere, outage } = this.#options;
    const { id, provider } = newEvent;
    const waits = ack === 'handled';
    let pendingRequest = pending.get(id);
    const isFirst = pendingRequest === undefined && (waits || this.#options.isWorking());
    if (isFirst) {
      pendingRequest = new PendingRequest(request, !waits);
      pending.add(id, pendingRequest);
    }
    const handled = waits ? pendingRequest?.handled(ackDeadlineMs) : undefined;
    let recorded: Recorded;
    try {
      recorded = await this.#recordInTime(newEvent, trace);
    } catch (cause) {
      if (isFirst) pending.settle(id, false);
      const isAnswer = isCallStatusError(cause) && cause.status === 503;
      const error = isAnswer ? cause : new CallStatusError('inbox_unavailable', { provider, eventId: id }, { cause });
      outage.failed('callbacks', error);
      throw error;
    }
    outage.worked('callbacks');
    const { transition, done } = recorded;
    if (done) pending.settle(id, true);
    else if (waits) elsewhere?.watch(newEvent);
    else if (isFirst && transition === 'duplicate') pending.remove(id);
    if (transition === 'conflict') {
      this.#options.report(new CallStatusError('conflicting_status', { provider, eventId: id }));
    }
    if (handled !== undefined && !(await handled)) {
      this.reportMissingWorker();
      throw new CallStatusError('not_handled', { provider, eventId: id });
    }
    return { ...newEvent, transition } as AnyCallStatusEvent;
  }

  /** Reports once that no handlers run here, unless another process may run them. */
  reportMissingWorker(): void {
    if (!this.#mayLackWorker || this.#options.isWorking()) return;
    this.#mayLackWorker = false;
    const { worker, inbox } = this.#options;
    if (worker === undefined || !inbox.durable) this.#options.report(new CallStatusError('no_worker'));
  }

  /** The provider gives up eventually, also while the inbox opens: an early 503 makes it retry. */
  async #recordInTime(newEvent: NewEvent, trace: string | undefined): Promise<Recorded> {
    const { inbox, recordDeadlineMs } = this.#options;
    const options = trace === undefined ? undefined : { trace };
    const opening = this.#options.open();
    const recording =
      opening === undefined ? inbox.record(newEvent, options) : opening.then(() => inbox.record(newEvent, options));
    if (await withDeadline(recording, recordDeadlineMs)) return recording;
    const { provider, id: eventId } = newEvent;
    const reason = `It did not answer within ${recordDeadlineMs} ms (recordDeadlineMs). The event may have been recorded: then the retry is a duplicate.`;
    throw new CallStatusError('inbox_unavailable', { provider, eventId, reason });
  }
}
