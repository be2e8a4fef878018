import type { CallbackRequest, Receipt } from '../callback-request.ts';
import type { CallStatusError } from '../errors.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import type { Logger } from '../log/log.ts';
import { receiveFetch } from '../request/fetch.ts';
import { HandlerRegistrars, type Register } from './registrars.ts';
import type { CallbackEndpoint, ProviderEndpoint, RecordOptions, RequestHead } from './types.ts';

/** What differs between the receiver of one provider and that of all. */
interface OneProvider extends Pick<CallbackEndpoint, 'methods' | 'mayReceive' | 'receive' | 'refuse'> {
  readonly record: ProviderEndpoint<unknown>['record'];
  readonly register: Register;
}

/** `calls.for('exotel')`: a receiver, reduced to one of its providers. */
export class ProviderReceiver<Event> extends HandlerRegistrars<Event> implements ProviderEndpoint<Event> {
  readonly #whole: CallbackEndpoint;
  readonly #provider: OneProvider;

  constructor(whole: CallbackEndpoint, provider: OneProvider) {
    super(provider.register);
    this.#whole = whole;
    this.#provider = provider;
  }

  get methods(): CallbackEndpoint['methods'] {
    return this.#provider.methods;
  }

  get autoAck(): boolean {
    return this.#whole.autoAck;
  }

  get limits(): CallbackEndpoint['limits'] {
    return this.#whole.limits;
  }

  mayReceive(head: RequestHead): boolean {
    return this.#provider.mayReceive(head);
  }

  receive(request: CallbackRequest): ReturnType<CallbackEndpoint['receive']> {
    return this.#provider.receive(request);
  }

  record(fields: object, options?: RecordOptions): Promise<AnyCallStatusEvent> {
    return this.#provider.record(fields, options);
  }

  fetch(request: Request): Promise<Response | undefined> {
    return receiveFetch(this, request);
  }

  offerLog(log: Logger): void {
    this.#whole.offerLog?.(log);
  }

  refuse(error: CallStatusError): Receipt<never> {
    return this.#provider.refuse(error);
  }
}
