import type { Ack, CallbackReceiver, CallbackRequest, Receipt, RequestHead } from '../callback-request.ts';
import type { Limits } from '../decode/fields.ts';
import type { CallStatusError } from '../errors.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import type { Logger } from '../log/log.ts';
import type { Provider } from '../provider/define-provider.ts';
import { receiveFetch } from '../request/fetch.ts';
import { mayBeCallback, methodsOf, type Recognition, recognitionOf } from '../request/match.ts';
import { whyNoCallback } from '../request/passed-on.ts';
import { receive, reject } from '../request/receive.ts';
import type { Engine } from './engine.ts';
import { HandlerRegistrars } from './registrars.ts';

/** Receives the callbacks of some providers: all those of a receiver, or one. */
export class ScopedReceiver<Event> extends HandlerRegistrars<Event> implements CallbackReceiver {
  readonly methods: readonly ('POST' | 'GET')[];
  readonly ack: Ack;
  readonly limits: Limits;
  readonly #engine: Engine;
  readonly #providers: readonly Provider[];
  readonly #recognition: Recognition;

  /** @param name the provider whose handlers are registered here; empty for all */
  constructor(engine: Engine, providers: readonly Provider[], name: string) {
    super((kind, handler, how) => engine.register(name, kind, handler, how));
    this.methods = methodsOf(providers);
    this.ack = engine.options.ack;
    this.limits = engine.limits;
    this.#engine = engine;
    this.#providers = providers;
    this.#recognition = recognitionOf(providers);
  }

  accepts(head: RequestHead): boolean {
    const { bytes } = this.limits;
    const may = mayBeCallback(head, this.methods, bytes);
    if (!may) this.#engine.reporter.passedOn(head, () => whyNoCallback(head, this.#providers, bytes));
    return may;
  }

  receive(request: CallbackRequest): Promise<Receipt<AnyCallStatusEvent> | undefined> {
    return receive(request, this.#providers, this.#recognition, this.#engine);
  }

  fetch(request: Request): Promise<Response | undefined> {
    return receiveFetch(this, request);
  }

  reject(error: CallStatusError): Receipt<never> {
    return reject(error, this.#providers, this.#engine);
  }

  offerLog(log: Logger): void {
    this.#engine.offerLog(log);
  }
}
