import { describe, expect, it } from 'vitest';
import type { AnyCallStatusEvent } from '../event.ts';
import { HANDLER_NAMES } from '../handlers.ts';
import { HandlerRegistry, renamedHandlers } from './registry.ts';

function event(status: string, transition = 'advance', terminal = false): AnyCallStatusEvent {
  return { provider: 'acme', status, transition, terminal } as AnyCallStatusEvent;
}

function namesFor(registry: HandlerRegistry, of: AnyCallStatusEvent): string[] {
  return registry.handlersFor(of).map(({ name }) => name);
}

describe('HandlerRegistry', () => {
  const full = new HandlerRegistry();
  const handlers = Object.fromEntries(HANDLER_NAMES.map((name) => [name, () => {}]));
  for (const scope of ['', 'acme', 'other']) full.addAll(scope, handlers);

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
    registry.add('', 'onRinging', function billing() {
      return 3;
    });
    registry.add('', 'onRinging', () => 4, { name: 'crm' });
    expect(namesFor(registry, event('ringing'))).toEqual([
      'onRinging',
      'onRinging:anonymous',
      'onRinging:billing',
      'onRinging:crm',
    ]);
    const runs = registry.handlersFor(event('ringing')).map(({ run }) => run({} as never, {} as never));
    expect(runs).toEqual([1, 2, 3, 4]);
  });

  it('names the handlers of options by their function, else by the option', () => {
    const registry = new HandlerRegistry();
    const billing = () => {};
    const made = () => () => {};
    registry.addAll('acme', { onEnded: billing, onBusy: made(), onStatus: () => {} });
    expect(namesFor(registry, event('busy', 'advance', true))).toEqual([
      'acme.onStatus',
      'acme.onBusy',
      'acme.onEnded:billing',
    ]);
  });

  it('refuses two handlers of one kind that only their order tells apart', () => {
    const registry = new HandlerRegistry();
    const refused = (text: string) =>
      expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining(text) });
    const billing = () => {};
    registry.add('', 'onBusy', billing);
    expect(() => registry.add('', 'onBusy', billing)).toThrow(refused('onBusy: two handlers are called billing'));
    expect(() => registry.add('', 'onBusy', () => {}, { name: 'billing' })).toThrow(refused('called billing'));
    registry.add('', 'onBusy', billing, { name: 'billing again' });
    registry.add('', 'onBusy', () => {});
    expect(() => registry.add('', 'onBusy', () => {})).toThrow(refused("calls.onBusy(handler, { name: 'billing' })"));
    registry.add('', 'onEnded', billing);
    registry.add('acme', 'onBusy', billing);
    for (const error of [billing, billing]) registry.add('', 'onError', error);
    expect(registry.errorHandlersFor(undefined)).toEqual([billing, billing]);
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
    for (const name of ['', ' ', 7])
      expect(() => registry.add('', 'onBusy', () => {}, { name } as never)).toThrow(invalid);
  });
});

it.each<[unknown, string]>([
  [{ nmae: 'billing' }, '`nmae` is no option; did you mean `name`? Known: name.'],
  [{ name: ' ' }, '`name`: expected a non-empty text, got an empty text.'],
  ['billing', 'onEnded(handler, options): expected an object of name, got a text.'],
])('refuses a handler with %j', (options, issue) => {
  const add = () => new HandlerRegistry().add('', 'onEnded', () => {}, options as never);
  expect(add).toThrow(expect.objectContaining({ code: 'invalid_options', details: { issues: [issue] } }));
});

describe('renamedHandlers', () => {
  const handlers = ['acme.onEnded', 'onEnded:billing', 'onEnded:crm', 'onStatus:log'].map((name) => ({
    name,
    run() {},
  }));

  it.each([
    ['none, where every name is known', ['onEnded:billing', 'onStatus:log'], []],
    ['one that is gone while another of its kind has yet to run', ['onEnded:invoicing'], ['onEnded:invoicing']],
    ['one that is known by its option', ['acme.onEnded:old'], ['acme.onEnded:old']],
    ['none, where all handlers of its kind are done', ['onStatus:log', 'onStatus:other'], []],
    ['none, where its kind has no handler any more', ['other.onEnded', 'onBusy:billing'], []],
  ])('finds %s', (_, done, renamed) => {
    expect(renamedHandlers(done, handlers)).toEqual(renamed);
  });
});
