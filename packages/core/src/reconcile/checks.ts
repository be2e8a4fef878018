import { CallStatusError, unexpected } from '../errors.ts';
import type { Inbox, NewEvent } from '../inbox/inbox.ts';
import { isRequested } from '../inbox/request-reconcile.ts';
import type { ReconcileRequest, Watch, Watches, WatchUpdate } from '../inbox/watches.ts';
import type { Provider } from '../provider/define-provider.ts';
import type { Answer } from '../provider/fetch-call.ts';
import type { Dropped } from '../request/checked-form.ts';
import { type AboutEvent, aboutEvent } from '../telemetry/about-event.ts';
import { reconciled } from '../telemetry/channels.ts';
import type { ReconciledMessage, ReconciledResult } from '../telemetry/messages.ts';
import { type Clock, monotonicNow } from '../timer.ts';
import { obstacleTo } from './ask/credentials.ts';
import type { Asker, NoAnswer } from './asker.ts';
import { type CheckRules, conclude, type Learned, look, type Step } from './check.ts';
import { inParallel } from './in-parallel.ts';
import { reconciledEvent } from './reconciled-event.ts';
import type { ReconcileRules } from './rules.ts';
import type { Telling } from './telling.ts';

/** What the checks need from the receiver. */
export interface ChecksOptions {
  readonly inbox: Pick<Inbox, 'record'>;
  readonly watches: Pick<Watches, 'get' | 'update' | 'remove'>;
  readonly providers: readonly Provider[];
  readonly rules: ReconcileRules;
  readonly clock: Clock;
  readonly telling: Pick<Telling, 'add' | 'comesBackInMs'>;
  readonly dropped: (provider: string) => Dropped;
  readonly report: (error: CallStatusError) => void;
}

/** Requests to providers at a time: one for each account at most. */
const MOST_ACCOUNTS = 8;
/** Calls of one request whose results are stored at a time. */
const MOST_CALLS = 8;
/** How long what came of a request can be seen. */
const SHOWN_MS = 3_600_000;

/** Checks watched calls that are due: looks at them, asks their providers, records what they say, has the application told. */
export class Checks {
  readonly #options: ChecksOptions;

  constructor(options: ChecksOptions) {
    this.#options = options;
  }

  /** @param goesOn whether this process is still the one that checks */
  async run(watches: readonly Watch[], asker: Asker, goesOn: () => boolean): Promise<void> {
    const toAsk: Watch[] = [];
    await inParallel(watches, MOST_CALLS, async (watch) => {
      if (!goesOn()) return;
      const step = look(watch, this.#rulesFor(watch, asker));
      if (step.do === 'ask') toAsk.push(watch);
      else await this.#take(step, watch);
    });
    await inParallel(byAccount(toAsk), MOST_ACCOUNTS, (account) => this.#askFor(account, asker, goesOn));
  }

  /** One request after the other. */
  async #askFor(account: readonly Watch[], asker: Asker, goesOn: () => boolean): Promise<void> {
    const [first] = account as [Watch];
    const { provider, tenant } = first;
    const batch = asker.batchOf(provider) as number;
    for (let at = 0; at < account.length && goesOn(); at += batch) {
      const asked = account.slice(at, at + batch);
      const askedAt = monotonicNow();
      const answers = await asker.ask(
        provider,
        tenant,
        asked.map(({ callId }) => callId),
      );
      const tookMs = monotonicNow() - askedAt;
      await inParallel(asked, MOST_CALLS, async (watch) => {
        if (goesOn()) await this.#learn(watch, answers.get(watch.callId) ?? 'unknown', asker, tookMs);
      });
    }
  }

  async #learn(watch: Watch, answer: Answer | NoAnswer, asker: Asker, tookMs: number): Promise<void> {
    const event = this.#eventOf(watch, answer);
    const learned = learnedFrom(answer, event);
    const step = conclude(watch, learned, this.#rulesFor(watch, asker));
    let recorded: AboutEvent | undefined;
    if (step.do === 'record') recorded = await this.#record(event as NewEvent, watch);
    else await this.#take(step, watch);
    if (reconciled.hasSubscribers) {
      const { provider } = watch;
      const result = resultOf(answer, event, step, watch);
      const durationMs = result === 'postponed' ? 0 : tookMs;
      const message = { provider, result, durationMs, ...statusOf(answer), endsCall: false, ...recorded };
      reconciled.publish(message satisfies ReconciledMessage);
    }
  }

  /** A call that lives on is found anew when it falls silent. */
  async #take(step: Exclude<Step, { readonly do: 'ask' | 'record' }>, watch: Watch): Promise<void> {
    const { watches, telling } = this.#options;
    if (step.do === 'remove') await watches.remove(watch);
    else if (step.do === 'wait') await watches.update(watch, step);
    else if (!telling.add(watch, step)) {
      const { progress } = step;
      // One that was asked for is asked for again at its usual time, and not sooner.
      const dueInMs = progress.asked > watch.progress.asked ? step.dueInMs : telling.comesBackInMs();
      await watches.update(watch, { dueInMs, progress });
    }
  }

  /** Resolves to what was recorded. */
  async #record(event: NewEvent, watch: Watch): Promise<AboutEvent | undefined> {
    const { inbox, watches, report } = this.#options;
    const now = await watches.get(watch);
    // It is gone, such as with a call that was forgotten, or another process has changed it. One that is forgotten from now on is made anew.
    if (now?.revision !== watch.revision) return undefined;
    const { transition } = await inbox.record(event);
    if (transition === 'duplicate' && isRequested(watch.progress)) await watches.update(watch, unchanged(watch));
    else await watches.remove(watch);
    // A callback with another outcome was faster.
    if (transition === 'conflict') {
      report(new CallStatusError('conflicting_status', { provider: event.provider, eventId: event.id }));
    }
    return aboutEvent(event, transition);
  }

  /** `undefined` if the provider knows nothing, or if its definition returned something invalid. */
  #eventOf({ provider: name, tenant }: Watch, answer: Answer | NoAnswer): NewEvent | undefined {
    if (typeof answer === 'string' || 'wasAsked' in answer) return undefined;
    const { providers, clock, dropped, report } = this.#options;
    const provider = providers.find((one) => one.name === name) as Provider;
    try {
      return reconciledEvent(provider, answer, tenant, clock(), dropped(name));
    } catch (cause) {
      report(unexpected(cause, name));
      return undefined;
    }
  }

  #rulesFor({ provider: name }: Watch, asker: Asker): CheckRules {
    const { providers, rules, clock } = this.#options;
    const { settleMs = 0 } = providers.find((one) => one.name === name)?.definition.fetchCall ?? {};
    const obstacle = asker.batchOf(name) === undefined ? obstacleTo(name, providers) : undefined;
    return { ...rules, obstacle, settleMs, now: clock(), random: Math.random() };
  }
}

/** The same answer was recorded before. */
function unchanged({ progress }: Watch): WatchUpdate {
  const request = { ...(progress.request as ReconcileRequest), result: 'unchanged' } as const;
  return { dueInMs: SHOWN_MS, progress: { ...progress, asked: progress.asked + 1, request } };
}

/** Rate limits are those of an account. */
function byAccount(watches: readonly Watch[]): readonly (readonly Watch[])[] {
  const accounts = new Map<string, Watch[]>();
  for (const watch of watches) {
    const account = JSON.stringify([watch.provider, watch.tenant]);
    const others = accounts.get(account);
    if (others === undefined) accounts.set(account, [watch]);
    else others.push(watch);
  }
  return [...accounts.values()];
}

function learnedFrom(answer: Answer | NoAnswer, event: NewEvent | undefined): Learned {
  if (typeof answer === 'string') return { wasAsked: true, said: answer };
  if ('wasAsked' in answer) return answer;
  if (event === undefined) return { wasAsked: true, said: 'unknown' };
  return { wasAsked: true, found: { status: event.status, settled: answer.settled ?? true } };
}

function resultOf(
  answer: Answer | NoAnswer,
  event: NewEvent | undefined,
  step: Step,
  { call }: Watch,
): ReconciledResult {
  if (typeof answer === 'string') return answer;
  if ('wasAsked' in answer) return answer.wasAsked ? 'failed' : 'postponed';
  if (step.do !== 'record') return event === undefined || event.status === 'unknown' ? 'unknown' : 'unchanged';
  if (call?.terminal) return 'unchanged';
  return event?.terminal ? 'ended' : 'advanced';
}

function statusOf(answer: Answer | NoAnswer): Pick<ReconciledMessage, 'httpStatus'> {
  if (typeof answer === 'string' || !('wasAsked' in answer)) return {};
  const { httpStatus } = answer;
  return httpStatus === undefined ? {} : { httpStatus };
}
