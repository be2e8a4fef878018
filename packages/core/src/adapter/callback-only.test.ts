import { describe, expect, it } from 'vitest';
import { checkMiddlewareOptions, isCallbackOnly, isExactPath } from './callback-only.ts';

it.each<[unknown, string]>([
  [{ callbackonly: true }, '`callbackonly` is no option; did you mean `callbackOnly`? Known: callbackOnly.'],
  [{ callbackOnly: 'yes' }, "`callbackOnly`: expected true or false, got 'yes'."],
  [true, 'callStatusMiddleware(calls, options): expected an object of callbackOnly, got true.'],
])('checkMiddlewareOptions refuses %j', (options, issue) => {
  expect(() => checkMiddlewareOptions(options as never)).toThrow(
    expect.objectContaining({ code: 'invalid_options', details: { issues: [issue] } }),
  );
});

describe('isCallbackOnly', () => {
  it.each([
    ['in a route', true, { inRoute: true, url: '/hooks', restUrl: '/hooks' }],
    ['in a route at the root', true, { inRoute: true, url: '/', restUrl: '/' }],
    [
      'in a route of a router at a prefix',
      true,
      { inRoute: true, mountPath: '/hooks', url: '/hooks/a', restUrl: '/a' },
    ],
    ['at the root of the application', false, { url: '/', restUrl: '/' }],
    ['at the root of the application, at another path', false, { mountPath: '', url: '/orders', restUrl: '/orders' }],
    ['at exactly the path of its mount', true, { mountPath: '/hooks', url: '/hooks', restUrl: '/' }],
    ['with a query', true, { mountPath: '/hooks', url: '/hooks?token=a/b', restUrl: '/?token=a/b' }],
    ['with a slash behind the path', true, { mountPath: '/hooks', url: '/hooks/', restUrl: '/' }],
    ['with a fragment', true, { mountPath: '/hooks', url: '/hooks#a', restUrl: '/#a' }],
    ['with an empty rest', true, { mountPath: '/hooks', url: '/hooks?a', restUrl: '?a' }],
    ['below the path of its mount', false, { mountPath: '/hooks', url: '/hooks/a', restUrl: '/a' }],
    ['with two slashes behind the path', false, { mountPath: '/hooks', url: '/hooks//', restUrl: '//' }],
    ['on a request line with the whole URL', true, { mountPath: '/hooks', url: 'http://a/hooks', restUrl: 'http://a' }],
    ['and with a query', true, { mountPath: '/hooks', url: 'HTTPS://a/hooks?b', restUrl: 'HTTPS://a/?b' }],
    ['and below the path', false, { mountPath: '/hooks', url: 'http://a/hooks/b', restUrl: 'http://a/b' }],
    ['behind a mount that passed it on', false, { mountPath: '/', url: '/', restUrl: '/' }],
    ['behind a mount that passed it on, with a query', false, { mountPath: '/hooks', url: '/?a', restUrl: '/?a' }],
    ['at a path that the application rewrote', false, { mountPath: '', url: '/old', restUrl: '/' }],
  ])('%s: %s', (_, expected, place) => {
    const whole = { inRoute: false, mountPath: undefined, ...place };
    expect(isCallbackOnly(whole, {})).toBe(expected);
    for (const callbackOnly of [true, false]) expect(isCallbackOnly(whole, { callbackOnly })).toBe(callbackOnly);
  });
});

describe('isExactPath', () => {
  it.each([
    ['/hooks', '/hooks', true],
    ['/hooks', '/Hooks/', true],
    ['/', '/', true],
    ['/hooks/:id', '/hooks/7', false],
    ['/hooks', '/hooks/a', false],
    [/.*/, '/hooks', false],
    [undefined, '/', false],
  ])('of the route %s and the request %s: %s', (route, request, expected) => {
    expect(isExactPath(route, request)).toBe(expected);
  });
});
