import { type ApiOption, apiOption } from '../provider/api-option.ts';
import type { CallbackTarget, TokenOption } from '../provider/callback-params.ts';
import { defineBuiltIn } from '../provider/define-built-in.ts';
import type { ProviderFactory } from '../provider/define-provider.ts';
import { contentKey } from '../provider/event-key.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import { mentions } from '../provider/mentions.ts';
import { PLIVO_API, PLIVO_FETCH_CALL } from '../provider/plivo/calls.ts';
import { PLIVO_CAUSES, PLIVO_STATUSES, plivoForm } from '../provider/plivo/form.ts';
import { isPlivoCallStatus } from '../provider/plivo/messages.ts';
import { authenticatePlivo, diagnosePlivo, PLIVO_HEADERS, signPlivo } from '../provider/plivo/signature.ts';
import { callSchema, option } from '../provider/standard-schema.ts';
import { isZone, type Zone } from '../provider/time.ts';
import { id, isStatus } from '../provider/values.ts';
import { checkOptions, type OptionRules } from '../rules/check-options.ts';
import { oneOf, TEXT } from '../rules/option-rules.ts';
import type { Secret } from '../signing/secrets.ts';

/** The types of `plivo`. */
export declare namespace plivo {
  /**
   * The fields of the ring, hangup and machine detection callbacks. All values are strings. Types of optional fields are not enforced.
   *
   * Source: plivo.com, Voice API, callbacks and hangup causes; recorded callbacks.
   */
  interface Fields {
    /** A UUID. */
    readonly CallUUID: string;
    /** The status word, such as `no-answer`. */
    readonly CallStatus: string;
    /** `Ring`, `Hangup`, `MachineDetection`. The hangup callback of an application may have none. */
    readonly Event?: string;
    readonly RequestUUID?: string;
    readonly ALegUUID?: string;
    readonly ALegRequestUUID?: string;
    /** The account's Auth ID. */
    readonly ParentAuthID?: string;
    /** `inbound` or `outbound`. */
    readonly Direction?: string;
    readonly From?: string;
    /** Usually without a plus. */
    readonly To?: string;
    readonly CallerName?: string;
    /** `YYYY-MM-DD HH:mm:ss.ffffff`, in UTC. */
    readonly SessionStart?: string;
    /** `YYYY-MM-DD HH:mm:ss`, in the zone of the account, like the next two. */
    readonly StartTime?: string;
    readonly AnswerTime?: string;
    readonly EndTime?: string;
    /** Seconds. */
    readonly Duration?: string;
    /** Seconds, rounded up to the billing interval. */
    readonly BillDuration?: string;
    readonly BillRate?: string;
    readonly TotalCost?: string;
    /** Such as `NORMAL_CLEARING`. */
    readonly HangupCause?: string;
    /** Four digits, such as `3010`. */
    readonly HangupCauseCode?: string;
    /** Such as `Busy Line`. */
    readonly HangupCauseName?: string;
    /** `Caller`, `Callee`, `Plivo`, `Carrier`, `API Request`, `Answer XML`, `Error`, `Unknown`. */
    readonly HangupSource?: string;
    /** `true` or `false`, with machine detection. */
    readonly Machine?: string;
    readonly STIRAttestation?: string;
    readonly STIRVerification?: string;
    readonly [field: string]: unknown;
  }

  /** The options for Plivo. */
  interface Options {
    /**
     * The Auth Token of the account that makes the calls, or of its main account. With it, only signed callbacks are accepted. For rotation
     * and for subaccounts, list several.
     */
    readonly authToken?: Secret;
    /**
     * The zone of the account, as set in the console: `+05:30`. Plivo's times of the end have none.
     * @default the time of the end is absent, since it is unknown
     */
    readonly utcOffset?: Zone;
    /** For asking the API for calls whose callbacks never come. @default not asked */
    readonly api?: ApiOption<Api>;
  }

  /** Credentials for Plivo's API. */
  interface Api {
    /** `MA`, or `SA` of a subaccount, and 18 more characters. */
    readonly authId: string;
    /** Its token. */
    readonly authToken: string;
  }

  /** The options of `plivo.callbackParams`. */
  interface CallbackOptions extends CallbackTarget {
    /** @default 'POST' */
    readonly method?: 'POST' | 'GET';
  }

  /** Parameters of `client.calls.create()` in Plivo's library. The REST API writes them `ring_url`. */
  interface CallbackParams {
    readonly ringUrl: string;
    readonly ringMethod: 'POST' | 'GET';
    readonly hangupUrl: string;
    readonly hangupMethod: 'POST' | 'GET';
  }
}

declare module '../event.ts' {
  interface ProviderFields {
    plivo: plivo.Fields;
  }
}

/**
 * Plivo, Voice API. Signs the URL and the fields with the account's Auth Token (V3).
 *
 * Source: plivo.com, Voice API, callbacks, hangup causes and signature validation; the SDKs for Node, Go and Ruby, whose test vectors the
 * tests repeat.
 * @example
 * ```ts
 * import { createCallStatus, plivo } from '@call-status/core';
 *
 * createCallStatus({ providers: [plivo({ authToken: process.env.PLIVO_AUTH_TOKEN! })] });
 * ```
 */
export const plivo: ProviderFactory<
  'plivo',
  plivo.Fields,
  plivo.Options,
  (options: plivo.CallbackOptions) => plivo.CallbackParams
> = defineBuiltIn({
  name: 'plivo',
  methods: ['POST', 'GET'],
  signs: 'fields',
  secretOption: 'authToken',
  options: {
    utcOffset: option<Zone>('hours and minutes, two digits each, such as +05:30', isZone),
    api: apiOption<plivo.Api>(PLIVO_API),
  },
  statuses: PLIVO_STATUSES,
  causes: PLIVO_CAUSES,
  schema: callSchema<plivo.Fields>('CallUUID', 'CallStatus'),
  recognizedBy: ['CallUUID'],
  recognizes,
  whyNot,
  isCallStatus: isPlivoCallStatus,
  authenticate: authenticatePlivo,
  diagnose: diagnosePlivo,
  sign: signPlivo,
  normalize: (fields, { utcOffset }) => plivoForm(fields, utcOffset),
  eventKey: (_, form) => contentKey(form),
  fetchCall: PLIVO_FETCH_CALL,
  callbackParams,
});

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

function recognizes(callback: IncomingCallback, named = false): boolean {
  if (named) return hasOwnHeader(callback) || mentions(callback, 'CallUUID');
  const fields = callback.record;
  const callId = id(fields['CallUUID']);
  if (callId === undefined || !isStatus(fields['CallStatus'])) return false;
  return UUID.test(callId) && hasOwnHeader(callback) && isPlivoCallStatus(fields) === true;
}

function hasOwnHeader(callback: IncomingCallback): boolean {
  return PLIVO_HEADERS.some((header) => callback.header(header) !== undefined);
}

function whyNot(callback: IncomingCallback, advice: string): string | undefined {
  const { fields } = callback;
  if (!('CallUUID' in fields)) return undefined;
  const other = isPlivoCallStatus(fields);
  if (other !== true) return other;
  return hasOwnHeader(callback)
    ? `CallUUID is not a UUID, or CallStatus is missing: ${advice}.`
    : `It has no header of Plivo's V3 signature: ${advice}.`;
}

const CALLBACK_RULES: OptionRules<plivo.CallbackOptions & TokenOption> = {
  url: TEXT,
  token: TEXT,
  method: oneOf('POST', 'GET'),
};

function callbackParams(options: plivo.CallbackOptions): plivo.CallbackParams {
  checkOptions('plivo.callbackParams()', options, CALLBACK_RULES);
  const { url, method = 'POST' } = options;
  return { ringUrl: url, ringMethod: method, hangupUrl: url, hangupMethod: method };
}
