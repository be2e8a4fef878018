import type { CallbackRequest } from '../callback-request.ts';
import type { CallStatusError } from '../errors.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import { aboutEvent } from '../telemetry/about-event.ts';
import { received } from '../telemetry/channels.ts';
import type { ReceivedMessage } from '../telemetry/messages.ts';
import { monotonicNow } from '../timer.ts';

/** Observes a request for the channel `call-status:received`; `undefined` if nothing listens. */
export function observe(request?: Pick<CallbackRequest, 'body'>): ObservedRequest | undefined {
  return received.hasSubscribers ? new ObservedRequest(request?.body?.length ?? 0) : undefined;
}

/** A request that something wants to know about. One of its last three methods is called, once. */
export class ObservedRequest {
  readonly #bytes: number;
  readonly #startedAt = monotonicNow();
  #recordingAt: number | undefined;
  #trace: string | undefined;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** Its event is about to be recorded. */
  recording(trace: string | undefined): void {
    this.#recordingAt = monotonicNow();
    this.#trace = trace;
  }

  accepted(event: AnyCallStatusEvent): void {
    const { provider, id: eventId, callId, transition: outcome, trust, occurredAt } = event;
    const when = occurredAt !== undefined && { occurredAt };
    this.#publish({
      provider,
      outcome,
      httpStatus: 200,
      trust,
      eventId,
      callId,
      ...when,
      ...aboutEvent(event, outcome),
    });
  }

  rejected({ code, details: { provider } }: CallStatusError, httpStatus: number): void {
    this.#publish({ ...(provider !== undefined && { provider }), outcome: code, httpStatus });
  }

  passedOn(reason: string, provider: string | undefined): void {
    this.#publish({ ...(provider !== undefined && { provider }), outcome: 'passed_on', reason });
  }

  #publish(message: Pick<ReceivedMessage, 'outcome'> & Partial<ReceivedMessage>): void {
    const now = monotonicNow();
    const durationMs = now - this.#startedAt;
    received.publish({
      endsCall: false,
      ...message,
      bytes: this.#bytes,
      startedAtMs: Date.now() - durationMs,
      durationMs,
      ...(this.#recordingAt !== undefined && { recordMs: now - this.#recordingAt }),
      ...(this.#trace !== undefined && { trace: this.#trace }),
    } satisfies ReceivedMessage);
  }
}
