import { CallStatusError } from '../errors.ts';
import type { AsyncContext } from '../handlers/context.ts';
import { pauseAfter } from '../handlers/pause.ts';
import type { NamedHandler } from '../handlers/registry.ts';
import { textOf } from '../handlers/results.ts';
import type { ProviderRules } from '../handlers/worker-options.ts';
import type { Watch, WatchProgress, WatchReason } from '../inbox/watches.ts';
import type { Logger } from '../log/log.ts';
import type { CallNotice, NoticeHandler } from '../notice.ts';
import { DEFAULT_ATTEMPTS } from '../retry.ts';
import { mayHavePhoneNumber } from '../text/redact.ts';
import { LONGEST_TIMER_MS, type Timers } from '../timer.ts';

/** What the notices need from the receiver. */
export interface NoticesOptions {
  readonly timers: Timers;
  readonly log: Logger;
  readonly context: AsyncContext;
  readonly rulesOf: (provider: string) => ProviderRules;
  readonly handlersFor: (provider: string, kind: 'onMissing' | 'onStuck') => readonly NamedHandler<NoticeHandler>[];
  readonly report: (error: CallStatusError) => void;
}

/** What became of a notice. */
export interface Told {
  readonly progress: WatchProgress;
  /** Milliseconds until it is delivered again; absent: never. */
  readonly retryInMs?: number;
}

/** Tells the application of calls without an end. */
export class Notices {
  readonly #options: NoticesOptions;
  readonly #running = new Set<AbortController>();

  constructor(options: NoticesOptions) {
    this.#options = options;
  }

  /** Calls the handlers. `undefined`: it was interrupted, so it has to be told again. */
  async tell(watch: Watch, reason: WatchReason, progress: WatchProgress): Promise<Told | undefined> {
    const { handlersFor, report, context } = this.#options;
    const kind = reason === 'stuck' ? 'onStuck' : 'onMissing';
    const handlers = handlersFor(watch.provider, kind);
    if (handlers.length === 0) {
      if (progress.told.length === 0) report(new CallStatusError('call_unterminated', aboutCall(watch, reason)));
      return { progress: delivered(progress, reason) };
    }
    const notice = noticeOf(watch, reason, progress.asked);
    const doneHandlers = [...(progress.doneHandlers ?? [])];
    const attempt = progress.failures + 1;
    let failure: { readonly cause: unknown } | undefined;
    for (const { name, run } of handlers) {
      if (doneHandlers.includes(name)) continue;
      const outcome = await this.#run(name, run, notice, attempt);
      if (outcome === 'interrupted') return undefined;
      if (outcome === undefined) doneHandlers.push(name);
      else failure = outcome;
    }
    if (failure === undefined) return { progress: delivered(progress, reason) };
    const { retry } = this.#options.rulesOf(watch.provider);
    const { attempts = DEFAULT_ATTEMPTS } = retry;
    const about = aboutCall(watch, reason);
    if (attempt < attempts) {
      const retryInMs = context.run(() => pauseAfter(retry, attempt, about, report));
      return { progress: { ...progress, failures: attempt, doneHandlers }, retryInMs };
    }
    report(new CallStatusError('notice_failed', { ...about, attempt }, { cause: failure.cause }));
    const failed = { reason, error: textOf(failure.cause).slice(0, LONGEST_ERROR) };
    const { doneHandlers: _, ...rest } = progress;
    return { progress: { ...rest, failures: 0, failed } };
  }

  /** Aborts the handlers that are running. */
  interrupt(): void {
    const reason = new CallStatusError('closed');
    for (const controller of this.#running) controller.abort(reason);
  }

  /** Resolves to why the handler failed; `undefined`: it did not. */
  async #run(
    handler: string,
    run: NoticeHandler,
    notice: CallNotice,
    attempt: number,
  ): Promise<{ readonly cause: unknown } | 'interrupted' | undefined> {
    const { timers, log, context, report, rulesOf } = this.#options;
    const { provider } = notice;
    const { handlerTimeoutMs } = rulesOf(provider);
    const details = { provider, handler, attempt };
    const controller = new AbortController();
    const { signal } = controller;
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as CallStatusError));
    });
    this.#running.add(controller);
    const expire = (): void => {
      const reason = `It took longer than ${handlerTimeoutMs} ms.`;
      controller.abort(new CallStatusError('handler_timeout', { ...details, reason }));
    };
    const cancel =
      handlerTimeoutMs < Number.POSITIVE_INFINITY
        ? timers.after(Math.min(handlerTimeoutMs, LONGEST_TIMER_MS), expire)
        : undefined;
    try {
      await Promise.race([context.run(async () => run(notice, { attempt, signal, log })), aborted]);
      return undefined;
    } catch (cause) {
      const abortion = signal.aborted ? (signal.reason as CallStatusError) : undefined;
      if (abortion?.code === 'closed') return 'interrupted';
      report(abortion ?? new CallStatusError('handler_failed', details, { cause }));
      return { cause: abortion ?? cause };
    } finally {
      cancel?.();
      this.#running.delete(controller);
    }
  }
}

/** Progress takes at most 4 kB. */
const LONGEST_ERROR = 1000;

function delivered({ failed, doneHandlers, ...progress }: WatchProgress, reason: WatchReason): WatchProgress {
  const isOther = failed !== undefined && failed.reason !== reason;
  return { ...progress, ...(isOther && { failed }), failures: 0, told: [...progress.told, reason] };
}

function noticeOf(
  { provider, tenant, callId, expected, since, call }: Watch,
  reason: WatchReason,
  asked: number,
): CallNotice {
  return {
    reason,
    provider,
    ...(tenant !== undefined && { tenant }),
    callId,
    ...(expected !== undefined && { expected, expectedAt: since }),
    ...(call !== undefined && { lastStatus: call.status, lastEventAt: call.lastEventAt }),
    asked,
  };
}

const REASONS: Readonly<Record<WatchReason, string>> = {
  never_reported: 'No callback of a call that the application expects came in time.',
  stuck: 'A live call has been silent for too long.',
  not_ended: 'Nothing was learned about the end of a call.',
};

/** Errors are logged, so they have no phone numbers. */
function aboutCall(
  { provider, callId }: Watch,
  reason: WatchReason,
): { readonly provider: string; readonly reason: string } {
  const which = mayHavePhoneNumber(callId) ? '' : ` Call: ${callId}.`;
  return { provider, reason: `${REASONS[reason]}${which}` };
}
