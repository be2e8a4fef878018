// A callback comes to the route of another provider.
import { expect, it } from 'vitest';
import {
  diagnose,
  infobip,
  jambonz,
  plivo,
  retell,
  signalwire,
  telnyx,
  twilio,
  voicedock,
  vonage,
} from '../../../src/index.ts';
import { diagnosisOf, type Factory, NOW, plain, rightSecretOf, sentBy } from '../fault.ts';

const WRONG_ROUTES: readonly (readonly [from: Factory, fixture: string, to: Factory])[] = [
  [telnyx, 'hangup', voicedock],
  [retell, 'ended', jambonz],
  [plivo, 'hangup', twilio],
  [twilio, 'completed', plivo],
  [vonage, 'completed', infobip],
  [voicedock, 'ended', signalwire],
];

it.each(
  WRONG_ROUTES.map(([from, fixture, to]) => [from.definition.name, to.definition.name, { from, fixture, to }] as const),
)('%s at the route of %s', (_from, _to, { from, fixture, to }) => {
  const { verdict, findings } = diagnosisOf(sentBy(from, fixture), { provider: to, others: [from, to] });
  expect(verdict).not.toBe('valid');
  expect(findings[0]?.rule).toBe('other_provider');
  // Its own route can verify it.
  expect(findings[0]?.certain).toBe(true);
});

it('tells by its headers if there is no route of the other', () => {
  const { verdict, findings } = diagnosisOf(sentBy(retell, 'ended'), { provider: jambonz });
  expect(verdict).toBe('missing');
  expect(findings.filter(({ certain }) => certain)).toEqual([]);
});

it('looks at a provider whose own functions fail', () => {
  const fail = (): never => {
    throw new Error('not for this request');
  };
  const failing = { definition: { ...voicedock.definition, name: 'acme', recognizes: fail, sign: fail } };
  const { verdict, findings } = diagnose(sentBy(twilio, 'completed'), plain(retell), {
    secrets: ['another'],
    nowMs: NOW,
    others: [{ provider: failing, secrets: [rightSecretOf(voicedock)] }],
  });
  expect(verdict).toBe('missing');
  expect(findings.filter(({ certain }) => certain)).toEqual([]);
});
