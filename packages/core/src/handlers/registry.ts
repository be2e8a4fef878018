import { CallStatusError } from '../errors.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import {
  type ErrorHandler,
  HANDLER_NAMES,
  type Handler,
  type HandlerName,
  type HandlerOptions,
  type Handlers,
  STATUS_HANDLERS,
} from '../handlers.ts';
import type { NoticeHandler } from '../notice.ts';
import { checkOptions, type OptionRules } from '../rules/check-options.ts';

/** A handler to call for an event. */
export interface NamedHandler<Function = Handler<AnyCallStatusEvent>> {
  /** Identifies it among the handlers of the same event, even in the next release: `signalwire.onCompleted:billing`. */
  readonly name: string;
  readonly run: Function;
}

const OPTIONS: OptionRules<HandlerOptions> = {
  name: {
    expected: 'a non-empty text',
    fits: (value) => typeof value === 'string' && value.trim() !== '',
    aliases: ['id', 'key'],
  },
};

interface Registered {
  readonly name: string;
  readonly run: unknown;
}

/** All handlers of a receiver: those of one provider, and those of all. */
export class HandlerRegistry {
  /** By scope (a provider's name, or '' for all), then by kind. */
  readonly #handlers = new Map<string, Map<HandlerName, Registered[]>>();
  /** The results of `handlersFor`, which is called for each event; registering is rare. */
  readonly #found = new Map<string, readonly NamedHandler[]>();

  /**
   * @throws CallStatusError `invalid_options` if it is not a function, or if another handler of this kind has the same name or also has no
   * name
   */
  add(scope: string, kind: HandlerName, handler: unknown, options: HandlerOptions = {}): void {
    if (typeof handler !== 'function') throw invalid(`${kind}: expected a function.`);
    checkOptions(`${kind}(handler, options)`, options, OPTIONS);
    const { name = nameOf(handler) } = options;
    this.#add(scope, kind, { name, run: handler });
  }

  /** Adds the handlers among the options. A function without a name gets the name of its option. */
  addAll(scope: string, options: Handlers<never>): void {
    for (const [kind, handler] of Object.entries(options)) {
      if (!isHandlerName(kind) || handler === undefined) continue;
      this.add(scope, kind, handler, nameOf(handler) === ANONYMOUS ? { name: kind } : {});
    }
  }

  /** The handlers of an event in the order in which they are called: those of its provider, then those for all providers. */
  handlersFor({ provider, status, terminal, transition }: AnyCallStatusEvent): readonly NamedHandler[] {
    const key = `${provider} ${status} ${transition}`;
    let found = this.#found.get(key);
    if (found === undefined) {
      const kinds: HandlerName[] = ['onStatus'];
      if (transition === 'advance') {
        if (status !== 'unknown') kinds.push(STATUS_HANDLERS[status]);
        if (terminal) kinds.push('onEnded');
      }
      found = [provider, ''].flatMap((scope) => kinds.flatMap((kind) => this.#named<NamedHandler['run']>(scope, kind)));
      this.#found.set(key, found);
    }
    return found;
  }

  /** The handlers of a notice, in the same order. */
  noticeHandlersFor(provider: string, kind: 'onMissing' | 'onStuck'): readonly NamedHandler<NoticeHandler>[] {
    return [provider, ''].flatMap((scope) => this.#named<NoticeHandler>(scope, kind));
  }

  /** The kinds of all handlers but those of errors, each once. */
  get kinds(): readonly HandlerName[] {
    const kinds = new Set([...this.#handlers.values()].flatMap((scoped) => [...scoped.keys()]));
    kinds.delete('onError');
    return [...kinds];
  }

  /** The error handlers of a provider, then those for all providers. */
  errorHandlersFor(provider: string | undefined): readonly ErrorHandler[] {
    const scopes = provider === undefined ? [''] : [provider, ''];
    return scopes.flatMap((scope) => this.#registered(scope, 'onError').map(({ run }) => run as ErrorHandler));
  }

  #add(scope: string, kind: HandlerName, handler: Registered): void {
    const registered = this.#registered(scope, kind);
    // The inbox remembers finished handlers by name, so names must be unique.
    if (kind !== 'onError' && registered.some(({ name }) => name === handler.name)) {
      const which =
        handler.name === ANONYMOUS ? 'two handlers have no name' : `two handlers are called ${handler.name}`;
      throw invalid(
        `${kind}: ${which}, so a retry could take one for the other. Name them: calls.${kind}(handler, { name: 'billing' }).`,
      );
    }
    const scoped = this.#handlers.get(scope) ?? new Map<HandlerName, Registered[]>();
    this.#handlers.set(scope, scoped.set(kind, [...registered, handler]));
    this.#found.clear();
  }

  #registered(scope: string, kind: HandlerName): readonly Registered[] {
    return this.#handlers.get(scope)?.get(kind) ?? [];
  }

  #named<Function>(scope: string, kind: HandlerName): NamedHandler<Function>[] {
    return this.#registered(scope, kind).map(({ name, run }) => ({
      name: `${scope && `${scope}.`}${kind}${name === kind ? '' : `:${name}`}`,
      run: run as Function,
    }));
  }
}

/**
 * The handlers that finished in an earlier attempt but are unknown now, while another handler of their kind has yet to run: they were
 * renamed or replaced.
 *
 * @param done names of handlers as they were stored, perhaps by another release
 */
export function renamedHandlers(done: readonly string[], handlers: readonly NamedHandler[]): string[] {
  const pending = new Set(handlers.filter(({ name }) => !done.includes(name)).map(({ name }) => kindOf(name)));
  return done.filter((name) => pending.has(kindOf(name)) && handlers.every((handler) => handler.name !== name));
}

/** `signalwire.onCompleted:billing` is one of `signalwire.onCompleted`. */
function kindOf(name: string): string {
  return name.replace(/:.*/s, '');
}

const ANONYMOUS = 'anonymous';

/** The name of a function, if it has one. */
function nameOf({ name }: { readonly name?: unknown }): string {
  return typeof name === 'string' && name !== '' ? name : ANONYMOUS;
}

function invalid(issue: string): CallStatusError {
  return new CallStatusError('invalid_options', { issues: [issue] });
}

function isHandlerName(name: string): name is HandlerName {
  return (HANDLER_NAMES as readonly string[]).includes(name);
}
