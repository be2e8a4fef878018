import type { RefusalDetail, RefusalGroup } from '../../src/api/types.ts';

type Diagnosis = NonNullable<RefusalDetail['diagnosis']>;

const VERDICTS: Readonly<Record<Diagnosis['verdict'], string>> = {
  valid: 'The proof is valid with the options that this service has now.',
  missing: 'The request has no proof that it is genuine.',
  mismatch: 'The proof does not match the request.',
  expired: 'The proof is too old.',
  not_signed: 'This provider has neither a secret nor a token, so nothing is verified.',
  unknown: 'This provider verifies asynchronously, so nothing can be tried.',
};

/** What the doctor finds, in one sentence. */
export function findingOf({ verdict, findings: [first] }: Diagnosis): string {
  if (first === undefined) return VERDICTS[verdict];
  return `${first.certain ? 'Certain' : 'Possible'}: ${first.evidence} ${first.fix}`;
}

/** How the doctor came to it. */
export function effortOf({ verdict, verified, tried, complete }: Diagnosis): string {
  const stopped = complete ? '' : ', and stopped at a limit';
  const url = verified === '' ? '' : ` Verified: ${verified}`;
  return `${VERDICTS[verdict]} The doctor tried ${tried} ${tried === 1 ? 'change' : 'changes'}${stopped}.${url}`;
}

/** Identifies a group among those of a page. */
export function groupKey({ provider = '', code, hint = '' }: Pick<RefusalGroup, 'provider' | 'code' | 'hint'>): string {
  return [provider, code, hint].join('\n');
}

/** A request as it came. A body that is no text stays in base64. */
export function requestText({ method, url, headers, body }: NonNullable<RefusalDetail['request']>): string {
  const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}`));
  return [`${method} ${url}`, ...lines, '', bodyText(body)].join('\n').trimEnd();
}

function bodyText(body = ''): string {
  const bytes = Uint8Array.from(atob(body), (char) => char.charCodeAt(0));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return `${body} (base64)`;
  }
}
