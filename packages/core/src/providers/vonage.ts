import type { FieldTree } from '../decode/fields.ts';
import { type ApiOption, apiOption } from '../provider/api-option.ts';
import type { CallbackTarget, TokenOption } from '../provider/callback-params.ts';
import { defineBuiltIn } from '../provider/define-built-in.ts';
import type { ProviderFactory } from '../provider/define-provider.ts';
import { contentKey } from '../provider/event-key.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import { mentions } from '../provider/mentions.ts';
import { callSchema, chosenSchema, option } from '../provider/standard-schema.ts';
import { fieldsOf, hasValue, id, isStatus, word } from '../provider/values.ts';
import { VONAGE_API, VONAGE_FETCH_CALL } from '../provider/vonage/calls.ts';
import { callIdOf, vonageForm } from '../provider/vonage/form.ts';
import { authenticateVonage, diagnoseVonage, hasToken, signVonage } from '../provider/vonage/signature.ts';
import { checkOptions, type OptionRules } from '../rules/check-options.ts';
import { oneOf, TEXT } from '../rules/option-rules.ts';
import type { Secret } from '../signing/secrets.ts';

/** The types of `vonage`. */
export declare namespace vonage {
  /**
   * The fields of Vonage's event webhook. For a GET, all are texts. Types of optional fields are not enforced.
   *
   * Source: developer.vonage.com, Voice API, webhook reference; the types of the Java SDK.
   */
  interface Fields {
    readonly status: string;
    /** The leg; `human` and `machine` have it as `call_uuid`. */
    readonly uuid?: string;
    readonly call_uuid?: string;
    /** What the legs of a call have in common: `CON-…`. */
    readonly conversation_uuid?: string;
    /** Without a plus. */
    readonly from?: string;
    /** Without a plus. */
    readonly to?: string;
    /** `inbound` or `outbound`. */
    readonly direction?: string;
    /** ISO 8601. Several events of a call may have the same. */
    readonly timestamp?: string;
    readonly start_time?: string | null;
    readonly end_time?: string;
    /** Seconds. */
    readonly duration?: number | string;
    readonly rate?: string;
    readonly price?: string;
    readonly network?: string | null;
    /** Why a call was not answered, such as `declined`, `cannot_route`. */
    readonly detail?: string;
    readonly sip_code?: number | string;
    /** `platform` or `user`. */
    readonly disconnected_by?: string;
    /** With `machine`: `beep_start` or `beep_timeout`. */
    readonly sub_state?: string;
    readonly [field: string]: unknown;
  }

  /** The options for Vonage. */
  interface Options {
    /** The account's signature secret (dashboard, API settings). With it, only signed callbacks are accepted. */
    readonly signatureSecret?: Secret;
    /** How far the time of a signature may be from now, before and after, in seconds. @default 300 */
    readonly toleranceSeconds?: number;
    /** For asking the Voice API for calls whose callbacks never come. @default not asked */
    readonly api?: ApiOption<Api>;
  }

  /** The application that makes the calls. */
  interface Api {
    readonly applicationId: string;
    /** Its private key, in PEM, which signs a token for each request. */
    readonly privateKey: string;
  }

  /** The options of `vonage.callbackParams`. */
  interface CallbackOptions extends CallbackTarget {
    /** @default 'POST' */
    readonly method?: 'POST' | 'GET';
  }

  /** Parameters of "create an outbound call" in the Voice API. */
  interface CallbackParams {
    readonly event_url: readonly [string];
    readonly event_method: 'POST' | 'GET';
  }
}

declare module '../event.ts' {
  interface ProviderFields {
    vonage: vonage.Fields;
  }
}

/**
 * Vonage, Voice API. Signs a hash of the body, or of the query of a GET, as a JSON Web Token.
 *
 * Source: developer.vonage.com, Voice API, webhook reference and signed webhooks; the SDKs for Node, Java, Ruby and Python, whose test
 * vectors the tests repeat.
 * @example
 * ```ts
 * import { createCallStatus, vonage } from '@call-status/core';
 *
 * createCallStatus({ providers: [vonage({ signatureSecret: process.env.VONAGE_SIGNATURE_SECRET! })] });
 * ```
 */
export const vonage: ProviderFactory<
  'vonage',
  vonage.Fields,
  vonage.Options,
  (options: vonage.CallbackOptions) => vonage.CallbackParams
> = defineBuiltIn({
  name: 'vonage',
  methods: ['POST', 'GET'],
  signs: 'bytes',
  secretOption: 'signatureSecret',
  options: {
    api: apiOption<vonage.Api>(VONAGE_API),
    toleranceSeconds: option<number>('a number of seconds, from 0', (given) => typeof given === 'number' && given >= 0),
  },
  statuses: {
    started: 'initiated',
    ringing: 'ringing',
    answered: 'in-progress',
    human: 'in-progress',
    machine: 'in-progress',
    // Follows the others too, except for `rejected`. The first outcome stays.
    completed: 'completed',
    busy: 'busy',
    unanswered: 'no-answer',
    timeout: 'no-answer',
    cancelled: 'canceled',
    // It is not documented by whom, so not `busy`, which would mean the other party.
    rejected: 'failed',
    failed: 'failed',
  },
  schema: chosenSchema<vonage.Fields>((value) => (id(fieldsOf(value)['uuid']) === undefined ? BY_CALL_UUID : BY_UUID)),
  recognizedBy: ['conversation_uuid'],
  recognizes,
  whyNot,
  isCallStatus,
  authenticate: authenticateVonage,
  sign: signVonage,
  diagnose: diagnoseVonage,
  normalize: vonageForm,
  eventKey: (_, form) => contentKey(form),
  fetchCall: VONAGE_FETCH_CALL,
  callbackParams,
});

const BY_UUID = callSchema<vonage.Fields>('uuid', 'status');
const BY_CALL_UUID = callSchema<vonage.Fields>('call_uuid', 'status');

function recognizes(callback: IncomingCallback, named = false): boolean {
  if (named && (hasToken(callback) || mentions(callback, 'uuid', 'call_uuid', 'conversation_uuid'))) return true;
  const fields = callback.record;
  const isEvent = callIdOf(fields) !== undefined && isStatus(fields['status']) && isCallStatus(fields) === true;
  return isEvent && id(fields['conversation_uuid'])?.startsWith('CON-') === true;
}

function whyNot({ fields }: IncomingCallback, advice: string): string | undefined {
  if (!('conversation_uuid' in fields || 'call_uuid' in fields)) return undefined;
  const other = isCallStatus(fields);
  return other === true ? `It lacks uuid, status or a conversation_uuid that begins with CON-: ${advice}.` : other;
}

/** Other events come to the same URL, and some users have the answer webhook there, whose answer steers the call. */
function isCallStatus(fields: FieldTree): true | string {
  if (!('status' in fields)) return 'It has no status: it is another event, or the answer webhook.';
  if (hasValue(fields['message_uuid'])) return 'It has message_uuid: it is a message.';
  const status = word(fields['status']) ?? '';
  return !OTHER.has(status) || `Its status is ${status}: it is another event.`;
}

/** Statuses of other things than calls; `disconnected` is of a WebSocket. */
const OTHER: ReadonlySet<string> = new Set(['record', 'input', 'transfer', 'error', 'disconnected']);

const CALLBACK_RULES: OptionRules<vonage.CallbackOptions & TokenOption> = {
  url: TEXT,
  token: TEXT,
  method: oneOf('POST', 'GET'),
};

function callbackParams(options: vonage.CallbackOptions): vonage.CallbackParams {
  checkOptions('vonage.callbackParams()', options, CALLBACK_RULES);
  const { url, method = 'POST' } = options;
  return { event_url: [url], event_method: method };
}
