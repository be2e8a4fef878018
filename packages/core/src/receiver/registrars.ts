import { CallStatusError } from '../errors.ts';
import type { HandlerName, HandlerOptions, Handlers } from '../handlers.ts';
import type { Registrars } from './types.ts';

const NOT_MIDDLEWARE = 'a receiver is not a middleware: write callStatusMiddleware(calls).';

/** Adds a handler to those of one provider, or of all. */
export type Register = (kind: HandlerName, handler: unknown, options: HandlerOptions | undefined) => void;

type Registrar<Event, Kind extends HandlerName, Self> = (
  handler: NonNullable<Handlers<Event>[Kind]>,
  options?: HandlerOptions,
) => Self;

/** The registration methods. They are bound, so that they can be detached from the receiver. */
export class HandlerRegistrars<Event> implements Registrars<Event, HandlerRegistrars<Event>> {
  readonly #register: Register;

  readonly onQueued: Registrar<Event, 'onQueued', this> = this.#registrar('onQueued');
  readonly onInitiated: Registrar<Event, 'onInitiated', this> = this.#registrar('onInitiated');
  readonly onRinging: Registrar<Event, 'onRinging', this> = this.#registrar('onRinging');
  readonly onInProgress: Registrar<Event, 'onInProgress', this> = this.#registrar('onInProgress');
  readonly onCompleted: Registrar<Event, 'onCompleted', this> = this.#registrar('onCompleted');
  readonly onBusy: Registrar<Event, 'onBusy', this> = this.#registrar('onBusy');
  readonly onNoAnswer: Registrar<Event, 'onNoAnswer', this> = this.#registrar('onNoAnswer');
  readonly onFailed: Registrar<Event, 'onFailed', this> = this.#registrar('onFailed');
  readonly onCanceled: Registrar<Event, 'onCanceled', this> = this.#registrar('onCanceled');
  readonly onEnded: Registrar<Event, 'onEnded', this> = this.#registrar('onEnded');
  readonly onStatus: Registrar<Event, 'onStatus', this> = this.#registrar('onStatus');
  readonly onMissing: Registrar<Event, 'onMissing', this> = this.#registrar('onMissing');
  readonly onStuck: Registrar<Event, 'onStuck', this> = this.#registrar('onStuck');
  readonly onError: Registrar<Event, 'onError', this> = this.#registrar('onError');

  constructor(register: Register) {
    this.#register = register;
  }

  /** Express looks for this property in `app.use()`, before it would report that a receiver is not a function. */
  get handle(): never {
    throw new CallStatusError('invalid_options', { issues: [NOT_MIDDLEWARE] });
  }

  #registrar<Kind extends HandlerName>(kind: Kind): Registrar<Event, Kind, this> {
    return (handler, options) => {
      this.#register(kind, handler, options);
      return this;
    };
  }
}
