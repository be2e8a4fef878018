import { CallStatusError } from './errors.ts';
import type { AnyCallStatusEvent } from './event.ts';
import { type ErrorHandler, type Handler, type Handlers, STATUS_HANDLERS } from './handlers.ts';

/** The names of all handlers. */
export const HANDLER_NAMES: readonly HandlerName[] = [
  ...Object.values(STATUS_HANDLERS),
  'onEnded',
  'onStatus',
  'onError',
];

/** The name of a handler. */
export type HandlerName = keyof Handlers;

/** A handler to call for an event. The name tells it from the others of the same event. */
export interface NamedHandler {
  readonly name: string;
  readonly run: Handler<AnyCallStatusEvent>;
}

/** All handlers of a receiver: those of one provider, and those of all. */
export class HandlerRegistry {
  /** By scope (a provider's name, or '' for all), then by name. */
  readonly #handlers = new Map<string, Map<HandlerName, unknown[]>>();
  /** What `handlersFor` found; it is asked for each event, and registering is rare. */
  readonly #found = new Map<string, readonly NamedHandler[]>();

  add(scope: string, name: HandlerName, handler: unknown): void {
    if (typeof handler !== 'function') {
      throw new CallStatusError('invalid_options', { issues: [`${name}: expected a function.`] });
    }
    const scoped = this.#handlers.get(scope) ?? new Map<HandlerName, unknown[]>();
    this.#handlers.set(scope, scoped);
    scoped.set(name, [...(scoped.get(name) ?? []), handler]);
    this.#found.clear();
  }

  addAll(scope: string, options: Handlers<never>): void {
    for (const [name, handler] of Object.entries(options)) {
      if (isHandlerName(name) && handler !== undefined) this.add(scope, name, handler);
    }
  }

  /** The handlers of an event, in the order in which they are called: its provider's before those of all. */
  handlersFor({ provider, status, terminal, transition }: AnyCallStatusEvent): readonly NamedHandler[] {
    const key = `${provider} ${status} ${transition}`;
    let found = this.#found.get(key);
    if (found === undefined) {
      const names: HandlerName[] = ['onStatus'];
      if (transition === 'advance') {
        if (status !== 'unknown') names.push(STATUS_HANDLERS[status]);
        if (terminal) names.push('onEnded');
      }
      found = [provider, ''].flatMap((scope) => names.flatMap((name) => this.#named(scope, name)));
      this.#found.set(key, found);
    }
    return found;
  }

  /** Whether there are handlers of events, for any provider. */
  get handlesEvents(): boolean {
    return [...this.#handlers.values()].some((scoped) => [...scoped.keys()].some((name) => name !== 'onError'));
  }

  /** The error handlers of a provider, and those of all. */
  errorHandlersFor(provider: string | undefined): readonly ErrorHandler[] {
    const scopes = provider === undefined ? [''] : [provider, ''];
    return scopes.flatMap((scope) => (this.#handlers.get(scope)?.get('onError') ?? []) as ErrorHandler[]);
  }

  #named(scope: string, name: HandlerName): NamedHandler[] {
    const handlers = (this.#handlers.get(scope)?.get(name) ?? []) as Handler<AnyCallStatusEvent>[];
    return handlers.map((run, index) => ({
      name: `${scope && `${scope}.`}${name}${index === 0 ? '' : `#${index + 1}`}`,
      run,
    }));
  }
}

function isHandlerName(name: string): name is HandlerName {
  return (HANDLER_NAMES as readonly string[]).includes(name);
}
