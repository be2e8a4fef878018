import type { CallStatusError } from '../errors.ts';
import { AsyncContext } from '../handlers/context.ts';
import type { HandlerRegistry } from '../handlers/registry.ts';
import type { Outage } from '../inbox/outage.ts';
import { type ReconcileDecision, requestReconcile } from '../inbox/request-reconcile.ts';
import type { WatchedCall } from '../inbox/watches.ts';
import { type ResolvedOptions, rulesOf } from '../options/options.ts';
import { hasApi, isCallId, obstacleTo } from '../reconcile/ask/credentials.ts';
import { type ExpectOptions, expectedCall } from '../reconcile/expect.ts';
import type { Reconciler } from '../reconcile/reconciler.ts';
import { reconcileRules } from '../reconcile/rules.ts';
import type { Dropped } from '../request/checked-form.ts';

/** What looking after calls needs from the receiver. */
export interface ReconcilingOptions {
  readonly options: ResolvedOptions;
  readonly registry: HandlerRegistry;
  readonly outage: Outage;
  readonly dropped: (provider: string) => Dropped;
  readonly open: () => Promise<void> | undefined;
  readonly report: (error: CallStatusError) => void;
}

/** Calls without an end, as a receiver looks after them: it begins once something in this process asks for it. */
export class Reconciling {
  readonly #options: ReconcilingOptions;
  readonly #context = new AsyncContext();
  #reconciler: Reconciler | undefined;
  /** Most processes that load core do not look after calls, so that code is loaded once it is needed. */
  #starting: Promise<void> | undefined;
  #isExpecting = false;
  #mayStart = false;

  constructor(given: ReconcilingOptions) {
    this.#options = given;
  }

  get leads(): boolean | undefined {
    return this.#starting && (this.#reconciler?.leads ?? false);
  }

  /** Handlers run in this process now, or there are more of them. */
  start(): void {
    this.#mayStart = true;
    if (this.#isWanted) this.#starting ??= this.#start();
  }

  async #start(): Promise<void> {
    const [{ Reconciler }, { Notices }, { createAsker }] = await Promise.all([
      import('../reconcile/reconciler.ts'),
      import('../reconcile/notices.ts'),
      import('../reconcile/ask/create-asker.ts'),
    ]);
    const { options, registry, report } = this.#options;
    const { inbox, providers, reconcile, clock, timers, owner, log } = options;
    const context = this.#context;
    const rules = new Map(providers.map((provider) => [provider.name, rulesOf(provider, options)]));
    const fallback = rulesOf({ options: {} }, options);
    const notices = new Notices({
      timers,
      log,
      context,
      report,
      rulesOf: (provider) => rules.get(provider) ?? fallback,
      handlersFor: (provider, kind) => registry.noticeHandlersFor(provider, kind),
    });
    const makeAsker = () => createAsker({ providers, timers, now: clock, report });
    const shared = { inbox, watches: inbox.watches, providers, clock, timers, owner };
    this.#reconciler = new Reconciler({
      ...this.#options,
      ...shared,
      context,
      notices,
      rules: reconcileRules(reconcile),
      makeAsker,
    });
    this.#reconciler.start();
  }

  async expect(provider: string, expected: ExpectOptions): Promise<void> {
    const watch = expectedCall(provider, expected);
    this.#warnIfNeverAsked(provider, watch.callId);
    const { options, open } = this.#options;
    await open();
    await options.inbox.watches.add([watch]);
    this.#isExpecting = true;
    if (this.#mayStart) this.start();
    this.#reconciler?.wakeIn(watch.dueInMs);
  }

  /** Where no handlers run, another process may have the credentials. */
  async reconcile(call: WatchedCall): Promise<ReconcileDecision> {
    const { options, open } = this.#options;
    const { providers, inbox, clock } = options;
    const obstacle = obstacleTo(call.provider, providers);
    if (obstacle !== undefined && (this.#mayStart || obstacle === 'no_api')) return obstacle;
    await open();
    const decision = await requestReconcile(inbox, call, clock());
    this.#reconciler?.wakeIn(0);
    return decision;
  }

  /** An id of another object is a mistake that nothing else tells of. */
  #warnIfNeverAsked(name: string, callId: string): void {
    const { providers, log } = this.#options.options;
    const provider = providers.find((each) => each.name === name);
    if (provider === undefined || !hasApi(provider) || isCallId(callId, provider)) return;
    log.warn({ provider: name }, `expect() got an id that no call of ${name} has, so ${name} is never asked for it.`);
  }

  async stop(deadlineMs: number, releaseMs: number): Promise<void> {
    this.#mayStart = false;
    await this.#starting;
    await this.#reconciler?.stop(deadlineMs, releaseMs);
  }

  get #isWanted(): boolean {
    const { options, registry } = this.#options;
    const { reconcile, providers } = options;
    const { kinds } = registry;
    const hasHandler = kinds.includes('onMissing') || kinds.includes('onStuck');
    return this.#isExpecting || reconcile !== undefined || hasHandler || providers.some(hasApi);
  }
}
