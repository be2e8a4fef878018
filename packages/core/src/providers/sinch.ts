import crypto from 'node:crypto';
import type { CallbackRequest } from '../callback-request.ts';
import type { FieldTree } from '../decode/fields.ts';
import { CallStatusError } from '../errors.ts';
import { type ApiOption, apiOption } from '../provider/api-option.ts';
import type { CallbackTarget, TokenOption } from '../provider/callback-params.ts';
import type { Clue } from '../provider/clue.ts';
import { defineBuiltIn } from '../provider/define-built-in.ts';
import type { ProviderFactory } from '../provider/define-provider.ts';
import type { Signing, Verdict } from '../provider/definition.ts';
import { contentKey } from '../provider/event-key.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import { SINCH_API, SINCH_CAUSES, SINCH_FETCH_CALL, SINCH_STATUSES, sinchForm } from '../provider/sinch/calls.ts';
import { callSchema, chosenSchema, option } from '../provider/standard-schema.ts';
import { fieldsOf, id, isStatus, word } from '../provider/values.ts';
import { checkOptions, type OptionRules } from '../rules/check-options.ts';
import { TEXT } from '../rules/option-rules.ts';
import { equal } from '../signing/equal.ts';
import type { Secret } from '../signing/secrets.ts';

/** The types of `sinch`. */
export declare namespace sinch {
  /**
   * The fields of the Disconnected Call Event. Types of optional fields are not enforced.
   *
   * Source: developers.sinch.com, Voice API, callbacks; the SDKs for Node and Java.
   */
  interface Fields {
    /** `dice`. */
    readonly event?: string;
    /** Some documents write it `callId`. */
    readonly callid?: string;
    readonly callId?: string;
    /** `ANSWERED`, `BUSY`, `NOANSWER`, `FAILED`, `N/A`. */
    readonly result: string;
    /** Why it ended, such as `CALLERHANGUP`. */
    readonly reason?: string;
    /** ISO 8601. */
    readonly timestamp?: string;
    readonly version?: number;
    /** Seconds. */
    readonly duration?: number | string;
    readonly from?: string;
    readonly to?: { readonly type?: string; readonly endpoint?: string };
    readonly applicationKey?: string;
    /** What you passed when you made the call. */
    readonly custom?: string;
    readonly debit?: { readonly currencyId?: string; readonly amount?: number };
    readonly userRate?: { readonly currencyId?: string; readonly amount?: number };
    readonly [field: string]: unknown;
  }

  /** The options for Sinch. */
  interface Options {
    /** The key and the secret of the application: `'key:secret'`. With it, only signed callbacks are accepted. */
    readonly application?: Secret;
    /** How far the time of a signature may be from now, before and after, in seconds. @default 300 */
    readonly toleranceSeconds?: number;
    /** For asking the Voice API for calls whose callbacks never come. @default not asked */
    readonly api?: ApiOption<Api>;
  }

  /** Credentials for the Voice API. */
  interface Api {
    /** The key of the application. */
    readonly key: string;
    /** Its secret. */
    readonly secret: string;
  }

  /** The options of `sinch.callbackParams`. */
  interface CallbackOptions extends CallbackTarget {}

  /** The body of "update callbacks" of an application. */
  interface CallbackParams {
    readonly url: { readonly primary: string };
  }
}

declare module '../event.ts' {
  interface ProviderFields {
    sinch: sinch.Fields;
  }
}

/**
 * Sinch, Voice API 1. Signs the bytes of the body with the secret of the application.
 *
 * Source: developers.sinch.com, Voice API, callbacks and signed requests; the SDKs for Node and Java, whose test vectors the tests repeat.
 * @example
 * ```ts
 * import { createCallStatus, sinch } from '@call-status/core';
 *
 * const { SINCH_KEY, SINCH_SECRET } = process.env;
 * createCallStatus({ providers: [sinch({ application: `${SINCH_KEY}:${SINCH_SECRET}` })] });
 * ```
 */
export const sinch: ProviderFactory<
  'sinch',
  sinch.Fields,
  sinch.Options,
  (options: sinch.CallbackOptions) => sinch.CallbackParams
> = defineBuiltIn({
  name: 'sinch',
  signs: 'bytes',
  secretOption: 'application',
  options: {
    toleranceSeconds: option<number>('a number of seconds, from 0', (given) => typeof given === 'number' && given >= 0),
    api: apiOption<sinch.Api>(SINCH_API),
  },
  statuses: SINCH_STATUSES,
  causes: SINCH_CAUSES,
  schema: chosenSchema<sinch.Fields>((value) =>
    id(fieldsOf(value)['callid']) === undefined ? BY_OTHER_NAME : BY_NAME,
  ),
  recognizedBy: ['result'],
  recognizes,
  whyNot,
  isCallStatus,
  authenticate,
  sign,
  diagnose,
  normalize: sinchForm,
  eventKey: (_, form) => contentKey(form),
  fetchCall: SINCH_FETCH_CALL,
  callbackParams,
});

const BY_NAME = callSchema<sinch.Fields>('callid', 'result');
const BY_OTHER_NAME = callSchema<sinch.Fields>('callId', 'result');

function recognizes(callback: IncomingCallback): boolean {
  const { event, callid, callId, result, applicationKey } = callback.record;
  if (word(event) !== 'dice' || id(callid ?? callId) === undefined || !isStatus(result)) return false;
  return id(applicationKey) !== undefined || AUTHORIZATION.test(callback.header('authorization') ?? '');
}

function whyNot({ fields }: IncomingCallback, advice: string): string | undefined {
  if (!('event' in fields && ('callid' in fields || 'callId' in fields))) return undefined;
  const other = isCallStatus(fields);
  return other === true ? `It lacks callid, result, or the key of the application: ${advice}.` : other;
}

/** The other callbacks come to the same URL; all but `notify` wait for SVAML. */
function isCallStatus(fields: FieldTree): true | string {
  return word(fields['event']) === 'dice' || 'Its event is not dice: it may wait for SVAML.';
}

const AUTHORIZATION = /^application ([^:]*):([\w+/]+={0,2})$/i;

function authenticate(
  callback: IncomingCallback,
  secrets: readonly string[],
  { toleranceSeconds = 300 }: sinch.Options,
  nowMs: number,
): Verdict {
  const authorization = callback.header('authorization');
  if (authorization === undefined) return 'missing';
  const [, key = '', signature = ''] = AUTHORIZATION.exec(authorization) ?? [];
  const timestamp = callback.header('x-timestamp') ?? '';
  const type = callback.header('content-type') ?? '';
  const { bytes } = callback;
  // It is not documented whether a query is signed.
  const paths = new Set([pathOf(callback.url), pathOf(callback.url).replace(/\?.*/s, '')]);
  const isValid = secrets.some((secret) => {
    const [name, value] = partsOf(secret);
    return (
      equal(key, name) && [...paths].some((path) => equal(signature, signatureOf(value, bytes, type, timestamp, path)))
    );
  });
  if (!isValid) return 'mismatch';
  if (callback.contentType.kind !== 'json') throw new CallStatusError('unsupported_media_type');
  return Math.abs(nowMs - Date.parse(timestamp)) <= toleranceSeconds * 1000 ? 'valid' : 'expired';
}

function sign(request: CallbackRequest, { secret, nowMs }: Signing): CallbackRequest {
  const [name, value] = partsOf(secret);
  const timestamp = new Date(nowMs).toISOString();
  const type = String(request.headers['content-type'] ?? '');
  const path = request.url.replace(/\?.*/s, '');
  const signature = signatureOf(value, request.body ?? new Uint8Array(), type, timestamp, path);
  const headers = { ...request.headers, authorization: `Application ${name}:${signature}`, 'x-timestamp': timestamp };
  return { ...request, headers };
}

/** The key and the secret. A text without a colon is no pair: no application has it as its key. */
function partsOf(secret: string): readonly [key: string, secret: string] {
  const colon = secret.indexOf(':');
  return [colon < 0 ? secret : secret.slice(0, colon), secret.slice(colon + 1)];
}

/** What is wrong with the secret, or with the form of the signature. */
function diagnose(callback: IncomingCallback, secrets: readonly string[]): readonly Clue[] | undefined {
  if (!secrets.some((secret) => secret.includes(':'))) return [NO_PAIR];
  return AUTHORIZATION.test(String(callback.header('authorization'))) ? undefined : [OTHER_FORM];
}

const NO_PAIR: Clue = {
  rule: 'secret_format',
  evidence: "application is no 'key:secret'.",
  fix: 'Give both, with a colon.',
  certain: false,
};
const OTHER_FORM: Clue = {
  rule: 'signature_format',
  evidence: "Authorization is not 'application <key>:<signature>'.",
  fix: 'Check what changes it on its way.',
  certain: false,
};

function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/#.*/s, '');
}

function signatureOf(secret: string, body: Uint8Array, type: string, timestamp: string, path: string): string {
  const digest = crypto.hash('md5', body, 'base64');
  const text = `POST\n${digest}\n${type}\nx-timestamp:${timestamp}\n${path}`;
  return crypto.createHmac('sha256', Buffer.from(secret, 'base64')).update(text).digest('base64');
}

const CALLBACK_RULES: OptionRules<sinch.CallbackOptions & TokenOption> = { url: TEXT, token: TEXT };

function callbackParams(options: sinch.CallbackOptions): sinch.CallbackParams {
  checkOptions('sinch.callbackParams()', options, CALLBACK_RULES);
  return { url: { primary: options.url } };
}
