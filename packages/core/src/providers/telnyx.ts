import type { FieldTree } from '../decode/fields.ts';
import { type ApiOption, apiOption } from '../provider/api-option.ts';
import type { CallbackTarget, TokenOption } from '../provider/callback-params.ts';
import { defineBuiltIn } from '../provider/define-built-in.ts';
import type { ProviderFactory } from '../provider/define-provider.ts';
import { contentKey, eventKey } from '../provider/event-key.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import type { LamlFields } from '../provider/laml/laml.ts';
import { isCertainLamlCallStatus, isMarkedLamlCallStatus, whyNotLaml } from '../provider/laml/messages.ts';
import { callSchema, chosenSchema, option } from '../provider/standard-schema.ts';
import { CALL_CONTROL_CAUSES, CALL_CONTROL_STATUSES, eventForm } from '../provider/telnyx/call-control.ts';
import { TELNYX_API, TELNYX_FETCH_CALL } from '../provider/telnyx/calls.ts';
import { authenticateTelnyx, diagnoseTelnyx, SIGNATURE_HEADER, signTelnyx } from '../provider/telnyx/signature.ts';
import { TEXML_STATUSES, texmlForm } from '../provider/telnyx/texml.ts';
import { fieldsOf, id, isStatus, word } from '../provider/values.ts';
import { checkOptions, type OptionRules } from '../rules/check-options.ts';
import { oneOf, TEXT } from '../rules/option-rules.ts';
import { publicKeyOf } from '../signing/ed25519.ts';
import type { Secret } from '../signing/secrets.ts';

/** The types of `telnyx`. */
export declare namespace telnyx {
  /** The fields of a callback: an event of Call Control, or a status callback of TeXML. */
  type Fields = Event | TexmlStatus;

  /**
   * An event of Call Control. Types of optional fields are not enforced.
   *
   * Source: developers.telnyx.com, callbacks of Call Control; the types of the SDK `telnyx`.
   */
  interface Event {
    readonly data: {
      /** `event`. */
      readonly record_type?: string;
      /** `call.initiated`, `call.answered`, `call.hangup` and so on. */
      readonly event_type: string;
      /** The same in every delivery of the event. */
      readonly id?: string;
      /** ISO 8601. */
      readonly occurred_at?: string;
      readonly payload: Payload;
      readonly [field: string]: unknown;
    };
    readonly meta?: { readonly attempt?: number; readonly delivered_to?: string };
    readonly [field: string]: unknown;
  }

  /** What an event says about its leg. */
  interface Payload {
    /** The leg, as commands name it. */
    readonly call_control_id: string;
    readonly call_leg_id?: string;
    /** What the legs of a call have in common. */
    readonly call_session_id?: string;
    readonly connection_id?: string;
    /** What you passed with a command, in base64. */
    readonly client_state?: string | null;
    readonly from?: string;
    readonly to?: string;
    /** `incoming` or `outgoing`; only with `call.initiated`. */
    readonly direction?: string;
    readonly state?: string;
    readonly start_time?: string;
    readonly caller_id_name?: string;
    readonly shaken_stir_attestation?: string;
    readonly hangup_cause?: string;
    /** `caller`, `callee` or `unknown`. */
    readonly hangup_source?: string;
    /** A SIP response code, or `unspecified`. */
    readonly sip_hangup_cause?: string;
    readonly call_quality_stats?: Readonly<Record<string, unknown>> | null;
    /** Of answering machine detection. */
    readonly result?: string;
    readonly [field: string]: unknown;
  }

  /**
   * The fields of Telnyx's TeXML status callbacks: those of the family, and some of its own. Types of optional fields are not enforced.
   *
   * Source: developers.telnyx.com, callbacks "TeXML call initiated", "ringing", "answered" and "completed".
   */
  interface TexmlStatus extends LamlFields {
    readonly CallSidLegacy?: string;
    /** The caller's name. */
    readonly CallerId?: string;
    /** The leg in Call Control, which has the same id. */
    readonly CallControlId?: string;
    readonly CallLegId?: string;
    /** What the legs of a call have in common. */
    readonly CallSessionId?: string;
    readonly CallInitiatedAt?: string;
    readonly AnsweredTime?: string;
    readonly StartTime?: string;
    readonly EndTime?: string;
    /** `normal_clearing`, `user_busy` and so on. */
    readonly HangupCause?: string;
    /** `caller`, `callee`, `unknown`. */
    readonly HangupSource?: string;
    readonly SipHangupCause?: string;
    /** `A`, `B` or `C`. */
    readonly ShakenStirAttestation?: string;
  }

  /** The options for Telnyx. */
  interface Options {
    /** The account's public key (Mission Control, Keys & Credentials): 32 bytes in base64. With it, only signed callbacks are accepted. */
    readonly publicKey?: Secret;
    /** How far the signature's timestamp may be from now, before and after, in seconds. @default 300 */
    readonly toleranceSeconds?: number;
    /** For asking Telnyx's API for calls whose callbacks never come. @default not asked */
    readonly api?: ApiOption<Api>;
  }

  /** Credentials for Telnyx's API. */
  interface Api {
    readonly key: string;
    /** The id of your account, for calls of TeXML. Without it, calls of Call Control are asked for. */
    readonly account?: string;
  }

  /** The options of `telnyx.callbackParams`. */
  interface CallbackOptions extends CallbackTarget {
    /** What makes the call. @default 'call-control' */
    readonly product?: 'call-control' | 'texml';
  }

  /** Parameters of "dial" in Call Control, or of "initiate an outbound call" in TeXML. Telnyx signs only the body, so they ask for POST. */
  type CallbackParams =
    | { readonly webhook_url: string; readonly webhook_url_method: 'POST' }
    | { readonly StatusCallback: string; readonly StatusCallbackMethod: 'POST'; readonly StatusCallbackEvent: string };
}

declare module '../event.ts' {
  interface ProviderFields {
    telnyx: telnyx.Fields;
  }
}

/**
 * Telnyx: Call Control, and status callbacks of TeXML. Signs the bytes of the body with its private key.
 *
 * Source: developers.telnyx.com, Voice API webhooks and TeXML; the SDK `telnyx`, `src/lib/webhooks.ts` and `src/resources/webhooks.ts`.
 * @example
 * ```ts
 * import { createCallStatus, telnyx } from '@call-status/core';
 *
 * createCallStatus({ providers: [telnyx({ publicKey: process.env.TELNYX_PUBLIC_KEY! })] });
 * ```
 */
export const telnyx: ProviderFactory<
  'telnyx',
  telnyx.Fields,
  telnyx.Options,
  (options: telnyx.CallbackOptions) => telnyx.CallbackParams
> = defineBuiltIn({
  name: 'telnyx',
  signs: 'bytes',
  secretOption: 'publicKey',
  options: {
    api: apiOption<telnyx.Api>(TELNYX_API),
    toleranceSeconds: option<number>('a number of seconds, from 0', (given) => typeof given === 'number' && given >= 0),
  },
  statuses: { ...CALL_CONTROL_STATUSES, ...TEXML_STATUSES },
  causes: CALL_CONTROL_CAUSES,
  schema: chosenSchema<telnyx.Fields>((value) => (isEvent(fieldsOf(value)) ? EVENT : TEXML)),
  recognizedBy: ['data', 'CallSid'],
  recognizes,
  whyNot,
  isCallStatus,
  authenticate: authenticateTelnyx,
  sign: signTelnyx,
  publicKeyOf,
  diagnose: diagnoseTelnyx,
  normalize: (fields) => (isEvent(fields) ? eventForm(fields) : texmlForm(fields as telnyx.TexmlStatus)),
  eventKey: (fields, form) => {
    const event = id(fieldsOf(fields['data'])['id']);
    return event === undefined ? contentKey(form) : eventKey(form.rawStatus, event);
  },
  fetchCall: TELNYX_FETCH_CALL,
  callbackParams,
});

const EVENT = callSchema<telnyx.Fields>('data.payload.call_control_id', 'data.event_type');
const TEXML = callSchema<telnyx.Fields>('CallSid', 'CallStatus');

function isEvent(fields: Readonly<Record<string, unknown>>): boolean {
  return 'data' in fields;
}

function recognizes(callback: IncomingCallback): boolean {
  const fields = callback.record;
  if (!isEvent(fields)) {
    // The ids of Twilio and its relatives have no version.
    const callSid = id(fields['CallSid']);
    if (callSid === undefined) return false;
    const isOurs = /^v\d:/.test(callSid) || callback.header(SIGNATURE_HEADER) !== undefined;
    return isOurs && isStatus(fields['CallStatus']) && isCertainLamlCallStatus(fields);
  }
  const { record_type: type, event_type: event, payload } = fieldsOf(fields['data']);
  const { call_control_id: leg } = fieldsOf(payload);
  return word(type) === 'event' && word(event) !== undefined && id(leg) !== undefined && isCallStatus(fields) === true;
}

function whyNot({ fields }: IncomingCallback, advice: string): string | undefined {
  if (!isEvent(fields)) {
    const foreign = `CallSid does not begin with a version, as those of Telnyx do: ${advice}.`;
    return whyNotLaml(fields, foreign, advice, isCallStatus);
  }
  const other = isCallStatus(fields);
  return other === true ? 'It lacks data with record_type, event_type and payload.call_control_id.' : other;
}

/** Every event of Call Control comes to the same URL, and requests for TeXML wait for their answer. */
function isCallStatus(fields: FieldTree): true | string {
  if (!isEvent(fields)) return isMarkedLamlCallStatus(fields);
  const event = word(fieldsOf(fields['data'])['event_type']);
  const isState = event === undefined || Object.hasOwn(CALL_CONTROL_STATUSES, event);
  return isState || 'Its data.event_type is no state of a call: it is another event.';
}

const CALLBACK_RULES: OptionRules<telnyx.CallbackOptions & TokenOption> = {
  url: TEXT,
  token: TEXT,
  product: oneOf('call-control', 'texml'),
};

function callbackParams(options: telnyx.CallbackOptions): telnyx.CallbackParams {
  checkOptions('telnyx.callbackParams()', options, CALLBACK_RULES);
  const { url, product = 'call-control' } = options;
  if (product === 'call-control') return { webhook_url: url, webhook_url_method: 'POST' };
  return {
    StatusCallback: url,
    StatusCallbackMethod: 'POST',
    StatusCallbackEvent: 'initiated ringing answered completed',
  };
}
