import type { Registrars } from './endpoint.ts';
import type { HandlerOptions, Handlers } from './handlers.ts';
import type { HandlerName } from './registry.ts';

/** Adds a handler to those of one provider, or of all. */
export type Register = (kind: HandlerName, handler: unknown, options: HandlerOptions | undefined) => void;

/** The handlers as methods; the base of everything that has them. Properties, so that they can be taken out of their object. */
export class HandlerRegistrars<Event> implements Registrars<Event, HandlerRegistrars<Event>> {
  readonly #register: Register;

  readonly onQueued = this.#registrar('onQueued');
  readonly onInitiated = this.#registrar('onInitiated');
  readonly onRinging = this.#registrar('onRinging');
  readonly onInProgress = this.#registrar('onInProgress');
  readonly onCompleted = this.#registrar('onCompleted');
  readonly onBusy = this.#registrar('onBusy');
  readonly onNoAnswer = this.#registrar('onNoAnswer');
  readonly onFailed = this.#registrar('onFailed');
  readonly onCanceled = this.#registrar('onCanceled');
  readonly onEnded = this.#registrar('onEnded');
  readonly onStatus = this.#registrar('onStatus');
  readonly onError = this.#registrar('onError');

  constructor(register: Register) {
    this.#register = register;
  }

  #registrar<Kind extends HandlerName>(
    kind: Kind,
  ): (handler: NonNullable<Handlers<Event>[Kind]>, options?: HandlerOptions) => this {
    return (handler, options) => {
      this.#register(kind, handler, options);
      return this;
    };
  }
}
