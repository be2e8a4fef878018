// If it is not known when a request arrived, its time explains nothing.
import { describe, expect, it } from 'vitest';
import type { CallbackRequest } from '../../src/callback-request.ts';
import { type DiagnosisInput, diagnose, jambonz, retell, sinch, telnyx, voicedock, vonage } from '../../src/index.ts';
import { bodyText, says } from './changes.ts';
import { type Factory, NOW, plain, rightSecretOf, sentBy } from './fault.ts';

const YEAR_MS = 31_536_000_000;
/** The time of the header comes after another one. */
const tracing = says({ 'x-amzn-trace-id': 'Root=1-1700000000-0;Sampled=1' });

function diagnosisOf(provider: Factory, request: CallbackRequest, more: Partial<DiagnosisInput> = {}) {
  const input = { secrets: [rightSecretOf(provider)], nowMs: NOW + YEAR_MS, judgeAge: false, maxMs: 600_000, ...more };
  return diagnose(request, plain(provider), input);
}

describe.each<[Factory, string]>([
  [jambonz, 'completed'],
  [retell, 'ended'],
  [sinch, 'answered'],
  [telnyx, 'hangup'],
  [voicedock, 'completed'],
  [vonage, 'completed'],
])('%o', (provider, fixture) => {
  const { name } = provider.definition;

  it(`an old request of ${name} is valid`, () => {
    const request = tracing(sentBy(provider, fixture));
    expect(diagnosisOf(provider, request)).toMatchObject({ verdict: 'valid', findings: [], tried: 1, complete: true });
    expect(diagnosisOf(provider, request, { judgeAge: true }).verdict).toBe('expired');
  });

  it(`the time is not among several causes of ${name}`, () => {
    const changed = bodyText((text) => `${text}\n`)(sentBy(provider, fixture));
    const { verdict, findings } = diagnosisOf(provider, changed);
    expect(verdict).toBe('mismatch');
    expect(findings).toMatchObject([{ causes: ['body_reserialized'], certain: true }]);
  });

  it(`the time is not likely with a wrong secret of ${name}`, () => {
    const { verdict, findings } = diagnosisOf(provider, sentBy(provider, fixture), { secrets: ['another:secret'] });
    expect(verdict).toBe('mismatch');
    expect(findings.flatMap(({ causes }) => causes)).not.toContain('clock');
    expect(findings.at(-1)?.rule).toBe('other_secret');
  });
});

it('another unit of the time is still a cause', () => {
  const sent = sentBy(voicedock);
  const changed = says({ 'x-webhook-timestamp': `${String(sent.headers['x-webhook-timestamp'])}000` })(sent);
  const { verdict, findings } = diagnosisOf(voicedock, changed);
  expect(verdict).toBe('mismatch');
  expect(findings).toMatchObject([{ causes: ['clock'], evidence: expect.stringContaining('milliseconds') }]);
});

it('what is too old at each time in the headers is too old', () => {
  const { definition } = plain(voicedock);
  const provider = { definition: { ...definition, authenticate: () => 'expired' as const } };
  const { verdict } = diagnose(sentBy(voicedock), provider, { secrets: ['any'], nowMs: NOW, judgeAge: false });
  expect(verdict).toBe('expired');
});
