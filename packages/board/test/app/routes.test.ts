import { describe, expect, it } from 'vitest';
import { hrefOf, parseRoute, rangeOf, sharedQuery, withValues } from '../../app/shell/routes.ts';

describe('parseRoute', () => {
  it.each([
    ['', 'calls'],
    ['#/', 'calls'],
    ['#/refused', 'refused'],
    ['#/dead', 'dead'],
    ['#/health', 'health'],
    ['#/nonsense', 'calls'],
    ['#/call', 'calls'],
  ])('%j is the page %s', (hash, page) => {
    expect(parseRoute(hash)).toEqual({ page, key: '', query: {} });
  });

  it('reads back what hrefOf wrote', () => {
    const query = { search: '+1555 & ?#=', state: 'live' };
    expect(parseRoute(hrefOf('call', query, 'YWNt-Z_Q'))).toEqual({ page: 'call', key: 'YWNt-Z_Q', query });
    expect(parseRoute(hrefOf('calls', query))).toEqual({ page: 'calls', key: '', query });
  });
});

it('an address without values has no question mark', () => {
  expect(hrefOf('calls')).toBe('#/');
  expect(hrefOf('dead', {})).toBe('#/dead');
});

it('empty values go from the query', () => {
  expect(withValues({ state: 'live', search: '555' }, { state: '', provider: 'acme' })).toEqual({
    search: '555',
    provider: 'acme',
  });
});

it('only the provider and the range go with the visitor to another page', () => {
  expect(sharedQuery({ provider: 'acme', range: '1h', search: '555' })).toEqual({ provider: 'acme', range: '1h' });
});

it('an unknown range is a day', () => {
  expect(rangeOf({ range: '7d' }).ms).toBe(7 * 86_400_000);
  expect(rangeOf({ range: 'x' }).name).toBe('24h');
});
