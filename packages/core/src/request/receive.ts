import type { CallbackRequest, Receipt } from '../callback-request.ts';
import { loadBrackets } from '../decode/brackets.ts';
import type { Limits } from '../decode/fields.ts';
import { CallStatusError, isCallStatusError, unexpected } from '../errors.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import type { Provider } from '../provider/define-provider.ts';
import { IncomingCallback } from '../provider/incoming-callback.ts';
import type { PublicUrl } from '../signing/called-url.ts';
import type { Clock } from '../timer.ts';
import { authenticate } from './authenticate.ts';
import type { Dropped } from './checked-form.ts';
import type { Diagnoses } from './hints.ts';
import type { KeptRefusals } from './kept-refusals.ts';
import { match, type Recognition } from './match.ts';
import { normalize } from './normalize.ts';
import { type ObservedRequest, observe } from './observed-request.ts';
import { otherMessage } from './other-message.ts';
import { tooLong, whyNotRecognized } from './passed-on.ts';
import type { Recorder } from './record.ts';
import type { Reporter } from './reporter.ts';
import { validate } from './validate.ts';

/** What receiving a request needs from its receiver. */
export interface Pipeline {
  readonly limits: Limits;
  readonly publicUrl: PublicUrl | undefined;
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly diagnoses: Diagnoses;
  readonly recorder: Recorder;
  /** Keeps rejected requests; `undefined`: they are not kept. */
  readonly refusals: KeptRefusals | undefined;
  /** Reports invalid parts of a provider's normal form. */
  readonly dropped: (provider: string) => Dropped;
  /** The trace to store with the event of this request; `undefined`: not wanted. */
  readonly traceContext: (() => string | undefined) | undefined;
  readonly closing: boolean;
}

/**
 * Takes a request from its bytes to its answer. `undefined`: it is not a callback of these providers, so it belongs to the application.
 * Each step throws the error that answers the request.
 */
export async function receive(
  request: CallbackRequest,
  providers: readonly Provider[],
  recognition: Recognition,
  pipeline: Pipeline,
): Promise<Receipt<AnyCallStatusEvent> | undefined> {
  const { limits, publicUrl, clock, reporter, recorder, dropped } = pipeline;
  const observed = observe(request);
  let provider: Provider | undefined;
  try {
    if (isTooLong(request, limits)) return reporter.passedOn(request, () => tooLong(limits.bytes), undefined, observed);
    const loading = loadBrackets(request);
    if (loading !== undefined) await loading;
    const incoming = new IncomingCallback(request, limits, publicUrl);
    provider = match(incoming, recognition, (error) => reporter.report(error));
    if (provider === undefined) {
      return reporter.passedOn(request, () => whyNotRecognized(incoming, providers), undefined, observed);
    }
    const { name, definition } = provider;
    if (pipeline.closing) throw new CallStatusError('closed', { provider: name });
    const callback = incoming.readBy(definition);
    const now = clock();
    // Also applies to other messages, before they are passed on. Awaited only if there is something to wait for, since every turn costs
    // time.
    const proving = authenticate(callback, provider, now);
    const proof = proving instanceof Promise ? await proving : proving;
    const { fields } = callback;
    const other = otherMessage(provider, fields);
    if (other !== undefined) return reporter.passedOn(request, () => other, name, observed);
    request.onAccepted?.();
    const valid = validate(provider, fields);
    const newEvent = normalize(provider, valid, fields, proof, now, dropped(name));
    const trace = pipeline.traceContext?.();
    observed?.recording(trace);
    const event = await recorder.record(newEvent, request, trace);
    recorder.reportMissingWorker();
    observed?.accepted(event);
    return { status: 200, headers: pipeline.closing ? LAST_ANSWER : NO_HEADERS, event };
  } catch (error) {
    const known = isCallStatusError(error) ? error : unexpected(error, provider?.name);
    return reject(known, providers, pipeline, request, observed);
  }
}

/**
 * Reports an error, with its cause once that is known, and returns the answer for it. Before the provider is known, an error is attributed
 * to the only one, if there is just one.
 */
export function reject(
  error: CallStatusError,
  [provider, ...others]: readonly Provider[],
  { reporter, diagnoses, refusals, closing }: Pick<Pipeline, 'reporter' | 'diagnoses' | 'refusals' | 'closing'>,
  request?: CallbackRequest,
  observed: ObservedRequest | undefined = observe(request),
): Receipt<never> {
  const { code, details, cause, status = 503 } = error;
  const isNamed = details.provider !== undefined || provider === undefined || others.length > 0;
  const named = isNamed ? error : new CallStatusError(code, { provider: provider.name, ...details }, { cause });
  diagnoses.whenKnown(named, (told) => {
    reporter.report(told);
    if (request !== undefined) refusals?.add(request, told);
  });
  observed?.rejected(named, status);
  return { status, headers: { ...(closing && LAST_ANSWER), ...(status === 503 && RETRY_SOON) }, error: named };
}

function isTooLong({ body, callbackOnly = true }: CallbackRequest, { bytes }: Limits): boolean {
  return !callbackOnly && body !== undefined && body.length > bytes;
}

const NO_HEADERS = {};
/** Seconds. */
const RETRY_SOON = { 'retry-after': '5' };
/** Makes the client send its next request to a server that stays up. */
const LAST_ANSWER = { connection: 'close' };
