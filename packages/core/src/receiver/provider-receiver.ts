import { CallStatusError } from '../errors.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import type { Provider } from '../provider/define-provider.ts';
import type { ExpectOptions } from '../reconcile/expect.ts';
import { reportedEvent } from '../request/reported-event.ts';
import { checkOptions, type OptionRules } from '../rules/check-options.ts';
import { TENANT } from '../rules/option-rules.ts';
import type { Engine } from './engine.ts';
import { ScopedReceiver } from './scoped-receiver.ts';
import type { ProviderReceiver, RecordOptions } from './types.ts';

const OPTIONS: OptionRules<RecordOptions> = { tenant: TENANT };

/** `calls.provider('exotel')`: a receiver limited to one of its providers. */
export class OneProviderReceiver<Event> extends ScopedReceiver<Event> implements ProviderReceiver<Event> {
  readonly #engine: Engine;
  readonly #provider: Provider;

  constructor(engine: Engine, provider: Provider) {
    super(engine, [provider], provider.name);
    this.#engine = engine;
    this.#provider = provider;
  }

  async expect(call: ExpectOptions): Promise<void> {
    if (this.#engine.closing) throw new CallStatusError('closed', { provider: this.#provider.name });
    await this.#engine.expect(this.#provider.name, call);
  }

  async record(fields: object, options: RecordOptions = {}): Promise<AnyCallStatusEvent> {
    checkOptions('record()', options, OPTIONS);
    const { closing, clock, dropped, recorder } = this.#engine;
    const { name } = this.#provider;
    if (closing) throw new CallStatusError('closed', { provider: name });
    return recorder.record(reportedEvent(this.#provider, fields, options.tenant, clock(), dropped(name)), {});
  }
}
