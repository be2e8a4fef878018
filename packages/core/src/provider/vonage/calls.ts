import crypto from 'node:crypto';
import type { OptionRules } from '../../rules/check-options.ts';
import { CREDENTIAL } from '../api-option.ts';
import type { Answer, FetchCall } from '../fetch-call.ts';
import { time } from '../time.ts';
import { fieldsOf, id, text } from '../values.ts';
import { vonageForm } from './form.ts';

interface Api {
  readonly applicationId: string;
  readonly privateKey: string;
}

/** The rules for Vonage's credentials. */
export const VONAGE_API: OptionRules<Api> = {
  applicationId: CREDENTIAL,
  privateKey: { expected: 'a private key in PEM', isRequired: true, isSecret: true, fits: isPrivateKey },
};

function isPrivateKey(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    return crypto.createPrivateKey(value).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

/**
 * How Vonage is asked for a call.
 *
 * Source: developer.vonage.com, Voice API reference, "Get detail of a specific call", and authentication with a token.
 */
export const VONAGE_FETCH_CALL: FetchCall<Api> = {
  callIdPattern: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  request: ([callId], api) => ({
    url: `https://api.nexmo.com/v1/calls/${callId}`,
    headers: { Authorization: `Bearer ${tokenFor(api)}` },
  }),
  answers,
};

const TOKEN_SECONDS = 60;

function tokenFor({ applicationId, privateKey }: Api): string {
  const iat = Math.floor(Date.now() / 1000);
  const claims = { application_id: applicationId, iat, exp: iat + TOKEN_SECONDS, jti: crypto.randomUUID() };
  const parts = [{ alg: 'RS256', typ: 'JWT' }, claims];
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${crypto.sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
}

function answers(body: unknown): ReadonlyMap<string, Answer> {
  const call = fieldsOf(body);
  const callId = id(call['uuid']);
  if (callId === undefined || text(call['status']) === undefined) return new Map();
  const hasEnded = time(call['end_time']) !== undefined;
  const form = vonageForm({
    ...call,
    from: fieldsOf(call['from'])['number'],
    to: fieldsOf(call['to'])['number'],
    // That of a live call is not its length yet.
    duration: hasEnded ? call['duration'] : undefined,
  });
  return new Map([[callId, { form, raw: call }]]);
}
