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
import { JAMBONZ_API, JAMBONZ_FETCH_CALL, JAMBONZ_STATUSES, jambonzForm } from '../provider/jambonz/calls.ts';
import { callSchema, option } from '../provider/standard-schema.ts';
import { hasValue, id, isStatus } from '../provider/values.ts';
import { checkOptions, type OptionRules } from '../rules/check-options.ts';
import { TEXT } from '../rules/option-rules.ts';
import { equal } from '../signing/equal.ts';
import { hmac } from '../signing/hmac.ts';
import type { Secret } from '../signing/secrets.ts';

/** The types of `jambonz`. */
export declare namespace jambonz {
  /**
   * The fields of the call status hook. Types of optional fields are not enforced.
   *
   * Source: the feature server, `lib/session/call-info.js`; docs.jambonz.org, webhooks.
   */
  interface Fields {
    readonly call_sid: string;
    /** `trying`, `ringing`, `early-media`, `in-progress`, `completed`, `busy`, `no-answer`, `failed`, `queued`. */
    readonly call_status: string;
    /** `inbound`, `outbound`. */
    readonly direction?: string;
    readonly from?: string;
    /** A number or an address, such as `sip:alice@example.com`. */
    readonly to?: string;
    readonly caller_name?: string;
    readonly caller_id?: string;
    /** The SIP `Call-ID`. */
    readonly call_id?: string;
    readonly sbc_callid?: string;
    readonly sip_status?: number;
    readonly sip_reason?: string;
    readonly account_sid?: string;
    readonly application_sid?: string;
    readonly trace_id?: string;
    readonly fs_sip_address?: string;
    readonly fs_public_ip?: string;
    readonly api_base_url?: string;
    /** Of a leg that `dial` made. */
    readonly parent_call_sid?: string;
    readonly originating_sip_ip?: string;
    readonly originating_sip_trunk_name?: string;
    readonly call_termination_by?: string;
    /** In seconds, when the call is completed. */
    readonly duration?: number | string;
    /** The `tag` that you passed when you created the call. */
    readonly customer_data?: unknown;
    readonly [field: string]: unknown;
  }

  /** The options for jambonz. */
  interface Options {
    /** The webhook secret of the account. With it, only signed callbacks are accepted. */
    readonly webhookSecret?: Secret;
    /** How far the signature's timestamp may be from now, before and after, in seconds. @default 300 */
    readonly toleranceSeconds?: number;
    /** For asking your jambonz server for calls whose callbacks never come. @default not asked */
    readonly api?: ApiOption<Api>;
  }

  /** Credentials for the API, and where it is. */
  interface Api {
    /** An API key of the account. */
    readonly key: string;
    /** The SID of the account. */
    readonly account: string;
    /** The address of the API server, with https: `https://api.jambonz.cloud`, or that of your own. */
    readonly server: string;
  }

  /** The options of `jambonz.callbackParams`. */
  interface CallbackOptions extends CallbackTarget {}

  /** Parameters of "create a call" in the API. */
  interface CallbackParams {
    readonly call_status_hook: { readonly url: string; readonly method: 'POST' };
  }
}

declare module '../event.ts' {
  interface ProviderFields {
    jambonz: jambonz.Fields;
  }
}

/**
 * jambonz, hosted or your own. Signs the bytes of the body with the webhook secret of the account.
 *
 * Source: the feature server; docs.jambonz.org; the SDK `@jambonz/sdk`, with whose verdicts the tests compare.
 * @example
 * ```ts
 * import { createCallStatus, jambonz } from '@call-status/core';
 *
 * createCallStatus({ providers: [jambonz({ webhookSecret: process.env.JAMBONZ_WEBHOOK_SECRET! })] });
 * ```
 */
export const jambonz: ProviderFactory<
  'jambonz',
  jambonz.Fields,
  jambonz.Options,
  (options: jambonz.CallbackOptions) => jambonz.CallbackParams
> = defineBuiltIn({
  name: 'jambonz',
  signs: 'bytes',
  secretOption: 'webhookSecret',
  options: {
    toleranceSeconds: option<number>('a number of seconds, from 0', (given) => typeof given === 'number' && given >= 0),
    api: apiOption<jambonz.Api>(JAMBONZ_API),
  },
  statuses: JAMBONZ_STATUSES,
  schema: callSchema<jambonz.Fields>('call_sid', 'call_status'),
  recognizedBy: ['call_sid'],
  recognizes,
  whyNot,
  isCallStatus,
  authenticate,
  sign,
  diagnose,
  normalize: jambonzForm,
  eventKey: (_, form) => contentKey(form),
  fetchCall: JAMBONZ_FETCH_CALL,
  callbackParams,
});

const SIGNATURE_HEADER = 'jambonz-signature';

function recognizes({ record }: IncomingCallback): boolean {
  if (id(record['call_sid']) === undefined || !isStatus(record['call_status'])) return false;
  return id(record['account_sid']) !== undefined && 'sip_status' in record && isCallStatus(record) === true;
}

function whyNot({ fields }: IncomingCallback): string | undefined {
  if (!('call_sid' in fields && 'call_status' in fields)) return undefined;
  const other = isCallStatus(fields);
  return other === true ? 'It has no call_sid, account_sid or sip_status.' : other;
}

/** What a new call, and the results of verbs, have beside the fields of a status. They wait for verbs. */
const OTHERS = [
  'sip',
  'dial_call_sid',
  'dial_call_status',
  'digits',
  'speech',
  'reason',
  'queue_sid',
  'conference_sid',
] as const;

function isCallStatus(fields: FieldTree): true | string {
  const other = OTHERS.find((name) => hasValue(fields[name]));
  return (
    other === undefined || `It has ${other}: it is the hook of a new call or of a verb, which waits for an answer.`
  );
}

/** A time and digests, in any order; others are ignored. */
function partsOf(signature: string): { readonly time: string; readonly digests: readonly string[] } {
  const parts = signature.split(',').map((part) => part.split('='));
  const valuesOf = (name: string): string[] => parts.flatMap(([key, value = '']) => (key === name ? [value] : []));
  return { time: valuesOf('t').at(-1) ?? '', digests: valuesOf('v1') };
}

const DIGITS = /^\d+$/;

function authenticate(
  callback: IncomingCallback,
  secrets: readonly string[],
  { toleranceSeconds = 300 }: jambonz.Options,
  nowMs: number,
): Verdict {
  const signature = callback.header(SIGNATURE_HEADER);
  if (signature === undefined) return 'missing';
  const { bytes } = callback;
  const { time, digests } = partsOf(signature);
  if (!DIGITS.test(time)) return 'mismatch';
  const isValid = secrets.some((secret) => {
    const expected = hmac('sha256', secret, 'hex', `${time}.`, bytes);
    return digests.some((given) => equal(given, expected));
  });
  if (!isValid) return 'mismatch';
  // The content type is not signed, and read as a form, the same bytes could describe another call.
  if (callback.contentType.kind !== 'json') throw new CallStatusError('unsupported_media_type');
  return Math.abs(Math.floor(nowMs / 1000) - Number(time)) <= toleranceSeconds ? 'valid' : 'expired';
}

function sign(request: CallbackRequest, { secret, nowMs }: Signing): CallbackRequest {
  const time = Math.floor(nowMs / 1000);
  const signature = `t=${time},v1=${hmac('sha256', secret, 'hex', `${time}.`, request.body ?? '')}`;
  return { ...request, headers: { ...request.headers, [SIGNATURE_HEADER]: signature } };
}

function diagnose(callback: IncomingCallback): readonly Clue[] {
  const { time, digests } = partsOf(callback.header(SIGNATURE_HEADER) ?? '');
  return [DIGITS.test(time) && digests.length > 0 ? OTHER_ACCOUNT : OTHER_FORM];
}

const OTHER_ACCOUNT: Clue = {
  rule: 'other_secret',
  evidence: 'The webhook secret is one of the account.',
  fix: 'Compare webhookSecret with that of the account of this call.',
  certain: false,
};
const OTHER_FORM: Clue = {
  rule: 'signature_format',
  evidence: 'Jambonz-Signature has another form.',
  fix: 'Check what changes it on its way.',
  certain: false,
};

const CALLBACK_RULES: OptionRules<jambonz.CallbackOptions & TokenOption> = { url: TEXT, token: TEXT };

function callbackParams(options: jambonz.CallbackOptions): jambonz.CallbackParams {
  checkOptions('jambonz.callbackParams()', options, CALLBACK_RULES);
  return { call_status_hook: { url: options.url, method: 'POST' } };
}
