import { type ApiOption, apiOption, CREDENTIAL } from '../provider/api-option.ts';
import { basic } from '../provider/basic.ts';
import type { CallbackTarget, TokenOption } from '../provider/callback-params.ts';
import type { Clue } from '../provider/clue.ts';
import { defineBuiltIn } from '../provider/define-built-in.ts';
import type { ProviderFactory } from '../provider/define-provider.ts';
import { contentKey } from '../provider/event-key.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import { LAML_STATUSES, type LamlFields, lamlForm } from '../provider/laml/laml.ts';
import { isCertainLamlCallStatus, isMarkedLamlCallStatus, whyNotLaml } from '../provider/laml/messages.ts';
import { lamlAnswers } from '../provider/laml/record.ts';
import { lamlSigner } from '../provider/laml/sign.ts';
import { lamlVerifier } from '../provider/laml/signature.ts';
import { TWILIO_SCHEME } from '../provider/laml/twilio-scheme.ts';
import { mentions } from '../provider/mentions.ts';
import { callSchema } from '../provider/standard-schema.ts';
import { id, isStatus } from '../provider/values.ts';
import { checkOptions, type OptionRule, type OptionRules } from '../rules/check-options.ts';
import { listOf, oneOf, TEXT } from '../rules/option-rules.ts';
import type { Secret } from '../signing/secrets.ts';

/** The types of `twilio`. */
export declare namespace twilio {
  /**
   * The fields of Twilio's voice status callback. All values are strings. `CallSid` is `CA` and 32 hexadecimal digits, `AccountSid` is `AC`
   * and 32 of them.
   *
   * Source: TwiML reference of `<Number>`, `<Client>` and `<Sip>`, status callback parameters; recorded callbacks.
   */
  interface Fields extends LamlFields {
    /** The same as `From`. */
    readonly Caller?: string;
    /** The same as `To`. */
    readonly Called?: string;
    /** The billed minutes. The seconds of the call are in `CallDuration`. */
    readonly Duration?: string;
    readonly CallToken?: string;
    readonly FromCity?: string;
    readonly FromState?: string;
    readonly FromZip?: string;
    readonly FromCountry?: string;
    readonly ToCity?: string;
    readonly ToState?: string;
    readonly ToZip?: string;
    readonly ToCountry?: string;
  }

  /** The options for Twilio. */
  interface Options {
    /**
     * The auth token of the account, which signs its callbacks. With it, only signed callbacks are accepted. An API key cannot sign them. For
     * rotation, list the primary and the secondary token; list the secret of a shared key as well if a webhook rule signs with one.
     */
    readonly authToken?: Secret;
    /** For asking the REST API for calls whose callbacks never come. @default not asked */
    readonly api?: ApiOption<Api>;
  }

  /** Credentials for Twilio's REST API. */
  interface Api {
    /** `AC` and 32 hexadecimal digits. */
    readonly accountSid: string;
    /** The SID of an API key of the region: `SK` and 32 hexadecimal digits. @default none; then `secret` is the auth token */
    readonly apiKey?: string;
    /** The secret of the API key, or the auth token of the account in the region. */
    readonly secret: string;
    /** Where the account's calls are made, such as `ie1`. @default Twilio's own, `us1` */
    readonly region?: string;
    /** Where the API is entered, such as `dublin`. @default Twilio's choice */
    readonly edge?: string;
  }

  /** The events that Twilio can send. `answered` arrives as the status `in-progress`, `completed` as any terminal status. */
  type Event = 'initiated' | 'ringing' | 'answered' | 'completed';

  /** The options of `twilio.callbackParams` and `twilio.callbackAttributes`. */
  interface CallbackOptions extends CallbackTarget {
    /** Your URL. Connection overrides in its fragment (`#rc=2&rp=all`) are kept. */
    readonly url: string;
    /** @default 'POST' */
    readonly method?: 'POST' | 'GET';
    /** @default all of them; Twilio's own default is only `completed` */
    readonly events?: readonly [Event, ...Event[]];
  }

  /** Parameters of `client.calls.create()` in Twilio's library. In the REST API, their names begin with a capital letter. */
  interface CallbackParams {
    /** Your URL, with the token in its query if you gave one. */
    readonly statusCallback: string;
    /** How Twilio sends callbacks: as a form, or with the fields in the query. */
    readonly statusCallbackMethod: 'POST' | 'GET';
    /** In the REST API, one parameter per event. */
    readonly statusCallbackEvent: Event[];
  }

  /** Attributes of `<Number>`, `<Client>` and `<Sip>` in TwiML. Escape them as your XML writer does. */
  interface CallbackAttributes {
    /** Your URL, with the token in its query if you gave one. */
    readonly statusCallback: string;
    /** How Twilio sends callbacks: as a form, or with the fields in the query. */
    readonly statusCallbackMethod: 'POST' | 'GET';
    /** Separated by spaces. */
    readonly statusCallbackEvent: string;
  }
}

declare module '../event.ts' {
  interface ProviderFields {
    twilio: twilio.Fields;
  }
}

const CALL_SID = /^CA[0-9a-f]{32}$/;
const ACCOUNT_SID = /^AC[0-9a-f]{32}$/;

const LABEL: OptionRule = {
  expected: "a short name, such as 'ie1'",
  fits: (value) => typeof value === 'string' && /^[a-z0-9-]+$/.test(value),
};
const API_RULES: OptionRules<twilio.Api> = {
  accountSid: {
    expected: "the SID of the account, which begins with 'AC'",
    fits: (value) => typeof value === 'string' && ACCOUNT_SID.test(value),
    isRequired: true,
  },
  apiKey: {
    expected: "the SID of an API key, which begins with 'SK'",
    fits: (value) => typeof value === 'string' && /^SK[0-9a-f]{32}$/.test(value),
    aliases: ['key', 'keySid', 'apiKeySid'],
  },
  secret: { ...CREDENTIAL, aliases: ['authToken', 'apiSecret', 'apiKeySecret'] },
  region: LABEL,
  edge: LABEL,
};

const VERIFIER = lamlVerifier(TWILIO_SCHEME);

/**
 * Twilio Programmable Voice. Signs with the account's auth token.
 *
 * Source: Twilio's documentation of status callbacks, webhooks security and shared keys; its library `twilio` with its test vectors.
 * @example
 * ```ts
 * import { createCallStatus, twilio } from '@call-status/core';
 *
 * createCallStatus({
 *   providers: [
 *     twilio({ authToken: process.env.TWILIO_AUTH_TOKEN!, onCompleted: (event) => console.log(event.callId) }),
 *   ],
 * });
 * ```
 */
export const twilio: ProviderFactory<
  'twilio',
  twilio.Fields,
  twilio.Options,
  (options: twilio.CallbackOptions) => twilio.CallbackParams,
  (options: twilio.CallbackOptions) => twilio.CallbackAttributes
> = defineBuiltIn({
  name: 'twilio',
  methods: ['POST', 'GET'],
  signs: 'fields',
  secretOption: 'authToken',
  options: { api: apiOption<twilio.Api>(API_RULES) },
  statuses: LAML_STATUSES,
  schema: callSchema<twilio.Fields>('CallSid', 'CallStatus'),
  recognizedBy: ['CallSid'],
  recognizes,
  whyNot,
  isCallStatus: isMarkedLamlCallStatus,
  authenticate: VERIFIER.authenticate,
  diagnose,
  sign: lamlSigner('x-twilio-signature', TWILIO_SCHEME),
  // Its documentation describes `completed` as a call that was answered and has ended normally.
  normalize: (fields) => lamlForm(fields, true),
  eventKey: (_, form) => contentKey(form),
  fetchCall: {
    callIdPattern: CALL_SID,
    request: ([callId], { accountSid, apiKey = accountSid, secret, region, edge }) => ({
      url: `https://${hostOf(region, edge)}/2010-04-01/Accounts/${accountSid}/Calls/${callId}.json`,
      headers: { Authorization: basic(apiKey, secret) },
    }),
    answers: (body) => lamlAnswers(body, true),
  },
  callbackParams: (options: twilio.CallbackOptions) => callbackParams('callbackParams', options),
  callbackAttributes: (options: twilio.CallbackOptions): twilio.CallbackAttributes => {
    const { statusCallbackEvent, ...params } = callbackParams('callbackAttributes', options);
    return { ...params, statusCallbackEvent: statusCallbackEvent.join(' ') };
  },
});

/** Twilio sends both with every callback; SignalWire sends the first as well. */
const OWN_HEADERS = ['x-twilio-signature', 'i-twilio-idempotency-token'];

/** As Twilio's library makes it: an edge needs a region. */
function hostOf(region: string | undefined, edge: string | undefined): string {
  return ['api', edge, region ?? (edge && 'us1'), 'twilio.com'].filter((part) => part !== undefined).join('.');
}

function recognizes(callback: IncomingCallback, named = false): boolean {
  if (named) return hasOwnHeader(callback) || mentions(callback, 'CallSid');
  const fields = callback.record;
  if (!areSids(id(fields['CallSid']), id(fields['AccountSid'])) || !isStatus(fields['CallStatus'])) return false;
  return hasOwnHeader(callback) && !isOfSignalWire(callback) && isCertainLamlCallStatus(fields);
}

function hasOwnHeader(callback: IncomingCallback): boolean {
  return OWN_HEADERS.some((header) => callback.header(header) !== undefined);
}

function isOfSignalWire(callback: IncomingCallback): boolean {
  return Object.keys(callback.request.headers).some((name) => name.startsWith('x-signalwire-'));
}

function areSids(callSid = '', accountSid = ''): boolean {
  return CALL_SID.test(callSid) && ACCOUNT_SID.test(accountSid);
}

function whyNot(callback: IncomingCallback, advice: string): string | undefined {
  const { fields } = callback;
  let reason: string | undefined;
  if (isOfSignalWire(callback)) reason = 'It has a header of SignalWire.';
  else if (!areSids(id(fields['CallSid']), id(fields['AccountSid'])))
    reason = `CallSid and AccountSid are not CA and AC with 32 hexadecimal digits: ${advice}.`;
  else if (!hasOwnHeader(callback)) reason = `It has none of the headers of Twilio: ${advice}.`;
  return whyNotLaml(fields, reason, advice, isMarkedLamlCallStatus);
}

/** An id is often mistaken for the token, and an API key for the account. */
function diagnose(callback: IncomingCallback, secrets: readonly string[]): readonly Clue[] {
  const sid = secrets.find((secret) => /^(?:AC|SK)[0-9a-f]{32}$/i.test(secret.trim()));
  if (sid === undefined) return VERIFIER.diagnose(callback);
  const what = sid.trim().toUpperCase().startsWith('AC') ? 'the account SID' : 'the SID of an API key';
  const fix = 'Give the auth token of the account, which is 32 hexadecimal digits.';
  return [{ rule: 'other_secret', evidence: `authToken is ${what}.`, fix, certain: false }];
}

const CALLBACK_RULES: OptionRules<twilio.CallbackOptions & TokenOption> = {
  url: TEXT,
  token: TEXT,
  method: oneOf('POST', 'GET'),
  events: listOf('initiated', 'ringing', 'answered', 'completed'),
};

function callbackParams(name: string, options: twilio.CallbackOptions): twilio.CallbackParams {
  checkOptions(`twilio.${name}()`, options, CALLBACK_RULES);
  const { url, method = 'POST', events = ['initiated', 'ringing', 'answered', 'completed'] } = options;
  return { statusCallback: url, statusCallbackMethod: method, statusCallbackEvent: [...events] };
}
