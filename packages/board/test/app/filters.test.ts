import { describe, expect, it } from 'vitest';
import { CHIPS, type Chip, filtersOf, isOn, NO_FILTERS, toggle } from '../../app/calls/filters.ts';
import { withValues } from '../../app/shell/routes.ts';

function chip(label: string): Chip {
  const found = CHIPS.find((each) => each.label === label);
  if (found === undefined) throw new Error(`There is no chip ${label}.`);
  return found;
}

/** The query after clicks on chips. */
function click(...labels: readonly string[]): Record<string, string> {
  return labels.reduce((query, label) => withValues(query, toggle(chip(label), query)), {});
}

describe('toggle', () => {
  it.each(CHIPS.map(({ label }) => label))('%s is on after a click and off after another', (label) => {
    expect(isOn(chip(label), click(label))).toBe(true);
    expect(click(label, label)).toEqual({});
  });

  it('adds statuses up', () => {
    expect(click('failed', 'busy')).toEqual({ status: 'busy,failed' });
    expect(click('failed', 'busy', 'failed')).toEqual({ status: 'busy' });
  });

  it('never asks for live calls that have ended', () => {
    expect(click('busy', 'live')).toEqual({ state: 'live' });
    expect(click('live', 'busy')).toEqual({ status: 'busy' });
    expect(click('ended', 'busy')).toEqual({ state: 'ended', status: 'busy' });
  });

  it('shows live or ended calls', () => {
    expect(click('live', 'ended')).toEqual({ state: 'ended' });
  });
});

it('the server hears of filters only, and of a search that is long enough', () => {
  expect(filtersOf({ state: 'live', range: '1h', provider: 'acme', search: '55' })).toEqual({ state: 'live' });
  expect(filtersOf({ search: '555', dead: 'true' })).toEqual({ search: '555', dead: 'true' });
  expect(filtersOf({ sip: '486', error: '31005' })).toEqual({ sip: '486', error: '31005' });
});

it('NO_FILTERS switches all off', () => {
  const query = {
    ...click('live', 'stuck', 'conflict', 'dead', 'unanswered'),
    search: '555',
    sip: '486',
    error: '31005',
    range: '1h',
  };
  expect(withValues(query, NO_FILTERS)).toEqual({ range: '1h' });
});
