import type { CallbackRequest, Receipt } from '../callback-request.ts';
import type { CallStatusError } from '../errors.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import type { Logger } from '../log/log.ts';
import { receiveFetch } from '../request/fetch.ts';
import { HandlerRegistrars, type Register } from './registrars.ts';
import type { CallbackReceiver, ProviderReceiver, RecordOptions, RequestHead } from './types.ts';

/** What differs between the receiver of one provider and that of all. */
interface OneProvider extends Pick<CallbackReceiver, 'methods' | 'accepts' | 'receive' | 'reject'> {
  readonly record: ProviderReceiver<unknown>['record'];
  readonly register: Register;
}

/** `calls.provider('exotel')`: a receiver, reduced to one of its providers. */
export class OneProviderReceiver<Event> extends HandlerRegistrars<Event> implements ProviderReceiver<Event> {
  readonly #whole: CallbackReceiver;
  readonly #provider: OneProvider;

  constructor(whole: CallbackReceiver, provider: OneProvider) {
    super(provider.register);
    this.#whole = whole;
    this.#provider = provider;
  }

  get methods(): CallbackReceiver['methods'] {
    return this.#provider.methods;
  }

  get ack(): CallbackReceiver['ack'] {
    return this.#whole.ack;
  }

  get limits(): CallbackReceiver['limits'] {
    return this.#whole.limits;
  }

  accepts(head: RequestHead): boolean {
    return this.#provider.accepts(head);
  }

  receive(request: CallbackRequest): ReturnType<CallbackReceiver['receive']> {
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

  reject(error: CallStatusError): Receipt<never> {
    return this.#provider.reject(error);
  }
}
