import { CallStatusError } from '../errors.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { ReconcileDecision } from '../inbox/request-reconcile.ts';
import type { Watch, WatchedCall } from '../inbox/watches.ts';
import type { Logger } from '../log/log.ts';
import type { ResolvedOptions } from '../options/options.ts';
import { checkOptions, type OptionRule, type OptionRules } from '../rules/check-options.ts';
import { DEADLINE, SECRET_TEXT } from '../rules/option-rules.ts';
import { type DiagnosedRefusal, diagnoseRefusal, type RefusalDiagnosis } from './diagnose-refusal.ts';
import { Engine } from './engine.ts';
import { OneProviderReceiver } from './provider-receiver.ts';
import { ScopedReceiver } from './scoped-receiver.ts';
import type { CloseOptions, EventName, ProviderReceiver, Receiver, ReceiverHealth } from './types.ts';

const CLOSE_MS = 10_000;

const ID: OptionRule = { ...SECRET_TEXT, isRequired: true };
const CALL: OptionRules<WatchedCall> = { provider: ID, tenant: SECRET_TEXT, callId: ID };

/** Receives callbacks, records their events and handles them. */
export class CallStatusReceiver<Event> extends ScopedReceiver<Event> implements Receiver<Event> {
  readonly inbox: Inbox;
  readonly #engine: Engine;

  constructor(options: ResolvedOptions) {
    const engine = new Engine(options);
    super(engine, options.providers, '');
    this.inbox = options.inbox;
    this.#engine = engine;
  }

  get providerNames(): readonly string[] {
    return this.#engine.options.providers.map(({ name }) => name);
  }

  get log(): Logger {
    return this.#engine.options.log;
  }

  get closing(): boolean {
    return this.#engine.closing;
  }

  provider<Name extends EventName<Event>>(name: Name): ProviderReceiver<Event & { readonly provider: Name }> {
    const { providers } = this.#engine.options;
    const provider = providers.find((candidate) => candidate.name === name);
    if (provider !== undefined) return new OneProviderReceiver(this.#engine, provider);
    const known = providers.map((candidate) => candidate.name).join(', ');
    const issue = `\`provider('${name}')\`: this receiver has no such provider; it has ${known}.`;
    throw new CallStatusError('invalid_options', { issues: [issue] });
  }

  async ready(): Promise<void> {
    await this.#engine.open();
  }

  async health(): Promise<ReceiverHealth> {
    await this.#engine.open();
    const inbox = await this.inbox.health();
    const { load, leads } = this.#engine;
    return { inbox, ...(load !== undefined && { worker: load }), ...(leads !== undefined && { leads }) };
  }

  diagnose(refusal: DiagnosedRefusal): Promise<RefusalDiagnosis> {
    const { providers, publicUrl } = this.#engine.options;
    return diagnoseRefusal(refusal, providers, publicUrl);
  }

  async retryNotice(watch: Watch): Promise<boolean> {
    const { failed: _, ...progress } = watch.progress;
    return this.inbox.watches.update(watch, { dueInMs: 0, progress });
  }

  async reconcile({ provider, tenant, callId }: WatchedCall): Promise<ReconcileDecision> {
    const call = { provider, ...(tenant !== undefined && { tenant }), callId };
    checkOptions('reconcile()', call, CALL);
    if (this.#engine.closing) throw new CallStatusError('closed', { provider });
    return this.#engine.reconcile(call);
  }

  startWorker(): void {
    this.#engine.startWorker();
  }

  close(options: CloseOptions = {}): Promise<void> {
    return this.#engine.close(this.#deadlineOf(options));
  }

  /** Invalid options are reported, and the default applies: a shutdown must not end early because of a typing error. */
  #deadlineOf(options: CloseOptions): number {
    try {
      checkOptions<CloseOptions>('close()', options, { deadlineMs: DEADLINE });
      return options.deadlineMs ?? CLOSE_MS;
    } catch (error) {
      const { issues = [] } = (error as CallStatusError).details;
      const used = `close() uses the default, ${CLOSE_MS} ms.`;
      this.#engine.reporter.report(new CallStatusError('invalid_options', { issues: [...issues, used] }));
      return CLOSE_MS;
    }
  }
}
