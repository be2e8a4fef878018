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
import { RETELL_API, RETELL_CAUSES, RETELL_FETCH_CALL, RETELL_STATUSES, retellForm } from '../provider/retell/calls.ts';
import { callSchema, option } from '../provider/standard-schema.ts';
import { fieldsOf, id, text, word } from '../provider/values.ts';
import { checkOptions, type OptionRules } from '../rules/check-options.ts';
import { TEXT } from '../rules/option-rules.ts';
import { equal } from '../signing/equal.ts';
import { hmac } from '../signing/hmac.ts';
import type { Secret } from '../signing/secrets.ts';

/** The types of `retell`. */
export declare namespace retell {
  /**
   * The fields of a webhook. Types of optional fields are not enforced.
   *
   * Source: docs.retellai.com, webhooks; the types of the SDK `retell-sdk`, `resources/call.ts`.
   */
  interface Fields {
    /** `call_started`, `call_ended`, `call_analyzed`. */
    readonly event: string;
    readonly call: {
      readonly call_id: string;
      /** `phone_call`, `web_call`. */
      readonly call_type?: string;
      readonly agent_id?: string;
      /** `registered`, `not_connected`, `ongoing`, `ended`, `error`. */
      readonly call_status?: string;
      /** `inbound`, `outbound`; absent on web calls. */
      readonly direction?: string;
      readonly from_number?: string;
      readonly to_number?: string;
      /** Milliseconds since 1970. */
      readonly start_timestamp?: number;
      readonly end_timestamp?: number;
      readonly duration_ms?: number;
      /** Such as `user_hangup`, `dial_busy`. */
      readonly disconnection_reason?: string;
      readonly recording_url?: string;
      /** What was said. */
      readonly transcript?: string;
      /** Only of `call_analyzed`. */
      readonly call_analysis?: Readonly<Record<string, unknown>>;
      /** What you passed when you created the call. */
      readonly metadata?: unknown;
      /** The call's id at the carrier, such as `twilio_call_sid`. */
      readonly telephony_identifier?: Readonly<Record<string, unknown>>;
      readonly [field: string]: unknown;
    };
    readonly [field: string]: unknown;
  }

  /** The options for Retell. */
  interface Options {
    /** The API key with the webhook badge. With it, only signed callbacks are accepted. */
    readonly apiKey?: Secret;
    /** How far the signature's timestamp may be from now, before and after, in seconds. @default 300 */
    readonly toleranceSeconds?: number;
    /** For asking Retell's API for calls whose callbacks never come. @default not asked */
    readonly api?: ApiOption<Api>;
  }

  /** Credentials for Retell's API. */
  interface Api {
    /** An API key of the workspace. */
    readonly key: string;
  }

  /** The options of `retell.callbackParams`. */
  interface CallbackOptions extends CallbackTarget {}

  /** Parameters of an agent in Retell's API. */
  interface CallbackParams {
    readonly webhook_url: string;
    readonly webhook_events: readonly ['call_started', 'call_ended', 'call_analyzed'];
  }
}

declare module '../event.ts' {
  interface ProviderFields {
    retell: retell.Fields;
  }
}

/**
 * Retell AI. Signs the bytes of the body with an API key.
 *
 * Source: docs.retellai.com, webhooks and secure webhooks; the SDK `retell-sdk`, `src/lib/webhook_auth.ts`, whose test vector the tests
 * repeat.
 * @example
 * ```ts
 * import { createCallStatus, retell } from '@call-status/core';
 *
 * createCallStatus({ providers: [retell({ apiKey: process.env.RETELL_API_KEY! })] });
 * ```
 */
export const retell: ProviderFactory<
  'retell',
  retell.Fields,
  retell.Options,
  (options: retell.CallbackOptions) => retell.CallbackParams
> = defineBuiltIn({
  name: 'retell',
  signs: 'bytes',
  secretOption: 'apiKey',
  options: {
    toleranceSeconds: option<number>('a number of seconds, from 0', (given) => typeof given === 'number' && given >= 0),
    api: apiOption<retell.Api>(RETELL_API),
  },
  statuses: RETELL_STATUSES,
  causes: RETELL_CAUSES,
  schema: callSchema<retell.Fields>('call.call_id', 'event'),
  recognizedBy: ['call'],
  recognizes,
  whyNot,
  isCallStatus,
  authenticate,
  sign,
  diagnose,
  normalize: ({ event, call }) => retellForm(call, text(event) ?? ''),
  eventKey: (_, form) => contentKey(form),
  fetchCall: RETELL_FETCH_CALL,
  callbackParams,
});

const SIGNATURE_HEADER = 'x-retell-signature';

/** Events that are states of a call. */
const EVENTS: readonly string[] = ['call_started', 'call_ended', 'call_analyzed'];

function recognizes(callback: IncomingCallback): boolean {
  const { event, call } = callback.record;
  if (!EVENTS.includes(word(event) ?? '')) return false;
  const { call_id: callId, call_type: type, agent_id: agent } = fieldsOf(call);
  const isOurs = callback.header(SIGNATURE_HEADER) !== undefined || id(agent) !== undefined;
  return isOurs && id(callId) !== undefined && TYPES.has(word(type));
}

const TYPES: ReadonlySet<string | undefined> = new Set(['phone_call', 'web_call']);

function whyNot({ fields }: IncomingCallback): string | undefined {
  if (!('event' in fields && 'call' in fields)) return undefined;
  const other = isCallStatus(fields);
  return other === true ? 'Its call lacks call_id, call_type or agent_id.' : other;
}

/** Transcripts and transfers come to the same URL. */
function isCallStatus(fields: FieldTree): true | string {
  const event = word(fields['event']);
  return event === undefined || EVENTS.includes(event) || 'Its event is no state of a call: it is another event.';
}

const SIGNATURE = /^v=(\d{1,15}),d=([0-9a-f]{64})$/i;

function authenticate(
  callback: IncomingCallback,
  secrets: readonly string[],
  { toleranceSeconds = 300 }: retell.Options,
  nowMs: number,
): Verdict {
  const signature = callback.header(SIGNATURE_HEADER);
  if (signature === undefined) return 'missing';
  const { bytes } = callback;
  const [, timestamp = '', given = ''] = SIGNATURE.exec(signature) ?? [];
  const isValid = secrets.some((secret) =>
    equal(given.toLowerCase(), hmac('sha256', secret, 'hex', bytes, String(Number(timestamp)))),
  );
  if (!isValid) return 'mismatch';
  // The content type is not signed, and read as a form, the same bytes could describe another call.
  if (callback.contentType.kind !== 'json') throw new CallStatusError('unsupported_media_type');
  return Math.abs(nowMs - Number(timestamp)) <= toleranceSeconds * 1000 ? 'valid' : 'expired';
}

function sign(request: CallbackRequest, { secret, nowMs }: Signing): CallbackRequest {
  const signature = `v=${nowMs},d=${hmac('sha256', secret, 'hex', request.body ?? '', String(nowMs))}`;
  return { ...request, headers: { ...request.headers, [SIGNATURE_HEADER]: signature } };
}

/** What is wrong with the form of the signature. Another key of the workspace is the most common cause. */
function diagnose(callback: IncomingCallback): readonly Clue[] {
  return [SIGNATURE.test(callback.header(SIGNATURE_HEADER) ?? '') ? OTHER_KEY : OTHER_FORM];
}

const OTHER_KEY: Clue = {
  rule: 'other_secret',
  evidence: 'Only the API key with the webhook badge signs.',
  fix: 'Compare apiKey with it.',
  certain: false,
};
const OTHER_FORM: Clue = {
  rule: 'signature_format',
  evidence: 'X-Retell-Signature has another form.',
  fix: 'Check what changes it on its way.',
  certain: false,
};

const CALLBACK_RULES: OptionRules<retell.CallbackOptions & TokenOption> = { url: TEXT, token: TEXT };

function callbackParams(options: retell.CallbackOptions): retell.CallbackParams {
  checkOptions('retell.callbackParams()', options, CALLBACK_RULES);
  return { webhook_url: options.url, webhook_events: ['call_started', 'call_ended', 'call_analyzed'] };
}
