// A diagnosis has an end, but what is evident is found even if there is no time.
import { expect, it } from 'vitest';
import { diagnose, signalwire, twilio } from '../../src/index.ts';
import { arrivesAt, plainHttp, says } from './changes.ts';
import { NOW, plain, rightSecretOf, sentBy } from './fault.ts';

const NO_TIME = { nowMs: NOW, maxMs: -1 };

it('tries what is evident, however slow the process is', () => {
  const request = [
    arrivesAt('http://10.0.0.8:3000'),
    says({ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'hooks.example.com' }),
  ].reduce((changed, change) => change(changed), sentBy(signalwire));
  const { findings, complete } = diagnose(request, plain(signalwire), {
    secrets: [rightSecretOf(signalwire)],
    ...NO_TIME,
  });
  expect(findings).toMatchObject([{ causes: ['scheme', 'host'], certain: true }]);
  expect(complete).toBe(true);
});

it('stops when the time is over, and says so', () => {
  const input = { secrets: ['secret-of-last-year'], ...NO_TIME };
  const { findings, tried, complete } = diagnose(plainHttp(sentBy(twilio)), plain(twilio), input);
  expect({ tried, complete }).toEqual({ tried: 64, complete: false });
  expect(findings.filter(({ certain }) => certain)).toEqual([]);
});

it('tries at most 512 times, however much there is to try', () => {
  const fields = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`Note${at}`, `first note, second note`]));
  const request = plainHttp(sentBy(twilio, 'completed', { fields }));
  const input = { secrets: [' "secret-of-last-year" '], nowMs: NOW, maxMs: 600_000 };
  const { tried, complete } = diagnose(request, plain(twilio), input);
  expect({ tried, complete }).toEqual({ tried: 512, complete: false });
});
