import { expect, test } from 'vitest';
import { effortOf, findingOf, groupKey, requestText } from '../../../app/refused/texts.ts';

const finding = {
  rule: 'scheme',
  causes: ['scheme'],
  evidence: 'The signature is right for https://.',
  fix: 'Set publicUrl.',
  certain: true,
} as const;
const diagnosis = {
  verdict: 'mismatch',
  verified: 'http://calls.example.com/',
  findings: [finding],
  tried: 14,
  complete: true,
} as const;

test('the first finding is the sentence, and says whether it is proved', () => {
  expect(findingOf(diagnosis)).toBe('Certain: The signature is right for https://. Set publicUrl.');
  expect(findingOf({ ...diagnosis, findings: [{ ...finding, certain: false }] })).toMatch(/^Possible: /);
  expect(findingOf({ ...diagnosis, verdict: 'expired', findings: [] })).toBe('The proof is too old.');
});

test('the effort says what was tried and whether it was all', () => {
  expect(effortOf(diagnosis)).toBe(
    'The proof does not match the request. The doctor tried 14 changes. Verified: http://calls.example.com/',
  );
  expect(effortOf({ ...diagnosis, tried: 1, complete: false, verified: '' })).toContain(
    'tried 1 change, and stopped at a limit.',
  );
});

test('groups differ by provider, code and hint', () => {
  const keys = [{ code: 'a' }, { code: 'a', hint: 'b' }, { code: 'a', provider: 'b' }].map(groupKey);
  expect(new Set(keys).size).toBe(3);
});

test('a request is shown as it came', () => {
  const headers = { host: 'calls.example.com', 'x-forwarded-for': ['203.0.113.9', '10.0.0.1'] };
  const body = Buffer.from('CallStatus=ringing&Name=Zoë').toString('base64');
  expect(requestText({ method: 'POST', url: 'https://calls.example.com/', headers, body })).toBe(
    [
      'POST https://calls.example.com/',
      'host: calls.example.com',
      'x-forwarded-for: 203.0.113.9',
      'x-forwarded-for: 10.0.0.1',
      '',
      'CallStatus=ringing&Name=Zoë',
    ].join('\n'),
  );
});

test('a body that is no text stays in base64, and a request may have none', () => {
  expect(requestText({ method: 'POST', url: '/', headers: {}, body: '/w==' })).toBe('POST /\n\n/w== (base64)');
  expect(requestText({ method: 'GET', url: '/', headers: {} })).toBe('GET /');
});
