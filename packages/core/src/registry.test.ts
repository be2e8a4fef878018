import { describe, expect, it } from 'vitest';
import type { AnyCallStatusEvent } from './event.ts';
import { HANDLER_NAMES, HandlerRegistry } from './registry.ts';

function event(status: string, transition = 'advance', terminal = false): AnyCallStatusEvent {
  return { provider: 'acme', status, transition, terminal } as AnyCallStatusEvent;
}

function namesFor(registry: HandlerRegistry, of: AnyCallStatusEvent): string[] {
  return registry.handlersFor(of).map(({ name }) => name);
}

describe('HandlerRegistry', () => {
  const full = new HandlerRegistry();
  for (const scope of ['', 'acme', 'other']) for (const name of HANDLER_NAMES) full.add(scope, name, () => {});

  it.each([
    [event('ringing'), ['acme.onStatus', 'acme.onRinging', 'onStatus', 'onRinging']],
    [event('busy', 'advance', true), ['acme.onStatus', 'acme.onBusy', 'acme.onEnded', 'onStatus', 'onBusy', 'onEnded']],
    [event('busy', 'repeat', true), ['acme.onStatus', 'onStatus']],
    [event('ringing', 'late'), ['acme.onStatus', 'onStatus']],
    [event('failed', 'conflict', true), ['acme.onStatus', 'onStatus']],
    [event('unknown', 'repeat'), ['acme.onStatus', 'onStatus']],
    [event('unknown', 'advance'), ['acme.onStatus', 'onStatus']],
  ])('finds the handlers of %o', (of, names) => {
    expect(namesFor(full, of)).toEqual(names);
    expect(full.handlersFor(of)).toBe(full.handlersFor(of));
  });

  it('keeps the order in which handlers were added, and sees those that come later', () => {
    const registry = new HandlerRegistry();
    expect(namesFor(registry, event('ringing'))).toEqual([]);
    registry.addAll('', { onRinging: () => 1 });
    registry.add('', 'onRinging', () => 2);
    expect(namesFor(registry, event('ringing'))).toEqual(['onRinging', 'onRinging#2']);
    expect(registry.handlersFor(event('ringing')).map(({ run }) => run({} as never, {} as never))).toEqual([1, 2]);
  });

  it('finds the error handlers of a provider and of all', () => {
    const registry = new HandlerRegistry();
    const [all, own] = [() => {}, () => {}];
    registry.addAll('', { onError: all, onStatus: undefined as never });
    expect(registry.errorHandlersFor('acme')).toEqual([all]);
    registry.addAll('acme', { onError: own, token: 'x' } as never);
    expect(registry.errorHandlersFor('acme')).toEqual([own, all]);
    expect(registry.errorHandlersFor(undefined)).toEqual([all]);
  });

  it('refuses what is no handler', () => {
    const registry = new HandlerRegistry();
    const invalid = expect.objectContaining({ code: 'invalid_options' });
    expect(() => registry.add('', 'onBusy', 'not a function')).toThrow(invalid);
  });
});
