import { type ApiOption, apiOption, CREDENTIAL } from '../provider/api-option.ts';
import { basic } from '../provider/basic.ts';
import type { CallbackTarget, TokenOption } from '../provider/callback-params.ts';
import { defineBuiltIn } from '../provider/define-built-in.ts';
import type { ProviderFactory } from '../provider/define-provider.ts';
import { contentKey } from '../provider/event-key.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import { LAML_STATUSES, type LamlFields, lamlForm } from '../provider/laml/laml.ts';
import { isCertainLamlCallStatus, isLamlCallStatus, whyNotLaml } from '../provider/laml/messages.ts';
import { lamlAnswers } from '../provider/laml/record.ts';
import { lamlSigner } from '../provider/laml/sign.ts';
import { type LamlScheme, lamlVerifier, SIGNATURE_HEADERS, type SignatureHeader } from '../provider/laml/signature.ts';
import { mentions } from '../provider/mentions.ts';
import { callSchema } from '../provider/standard-schema.ts';
import { id, isStatus } from '../provider/values.ts';
import { checkOptions, type OptionRules } from '../rules/check-options.ts';
import { listOf, oneOf, TEXT } from '../rules/option-rules.ts';
import type { Secret } from '../signing/secrets.ts';

/** The types of `signalwire`. */
export declare namespace signalwire {
  /**
   * The fields of SignalWire's voice status callback and of its incoming call status callback, which has a subset of these fields.
   * `CallSid` is a plain UUID, without `CA`, and `AccountSid` is the project's id, without `AC`.
   */
  interface Fields extends LamlFields {}

  /** The options for SignalWire. */
  interface Options {
    /** The project's signing key (dashboard, API Credentials; `PSK…`). With it, only signed callbacks are accepted. */
    readonly signingKey?: Secret;
    /** For asking the REST API for calls whose callbacks never come. The token needs the scope Voice. @default not asked */
    readonly api?: ApiOption<Api>;
  }

  /** Credentials for SignalWire's REST API: dashboard, API Credentials. */
  interface Api {
    /** The name of your space: `acme` if its dashboard is at `acme.signalwire.com`. */
    readonly space: string;
    /** The project's id. */
    readonly project: string;
    /** An API token of the project. */
    readonly token: string;
  }

  /**
   * The events that SignalWire can send. Event names are not status names: `answered` arrives as `in-progress`, `completed` as any terminal
   * status.
   */
  type Event = 'initiated' | 'ringing' | 'answered' | 'completed';

  /** Events of the REST API; cXML supports only the basic ones. */
  type RestEvent = Event | 'ringing_forwarded' | 'ringing_queued';

  /** The options of `signalwire.callbackParams`. */
  interface CallbackOptions extends CallbackTarget {
    /** Your URL. Timeouts in its fragment (`#rt=5000`) are kept. */
    readonly url: string;
    /** @default 'POST' */
    readonly method?: 'POST' | 'GET';
    /** @default all of them; SignalWire's own default is only `completed` */
    readonly events?: readonly [RestEvent, ...RestEvent[]];
  }

  /** The options of `signalwire.callbackAttributes`. */
  interface AttributesOptions extends CallbackOptions {
    /** @default all of them; SignalWire's own default is only `completed` */
    readonly events?: readonly [Event, ...Event[]];
  }

  /** Parameters of "create a call" in SignalWire's REST API. */
  interface CallbackParams {
    /** Your URL, with the token in its query if you gave one. */
    readonly StatusCallback: string;
    /** How SignalWire sends callbacks: as a form, or with the fields in the query. */
    readonly StatusCallbackMethod: 'POST' | 'GET';
    /** One parameter per event. */
    readonly StatusCallbackEvent: readonly string[];
  }

  /** Attributes of `<Number>`, `<Sip>` and `<Verto>` in cXML. Escape them as your XML writer does. */
  interface CallbackAttributes {
    /** Your URL, with the token in its query if you gave one. */
    readonly statusCallback: string;
    /** How SignalWire sends callbacks: as a form, or with the fields in the query. */
    readonly statusCallbackMethod: 'POST' | 'GET';
    /** Separated by spaces. */
    readonly statusCallbackEvent: string;
  }
}

/** All headers are made with the same key. JSON of other products is signed in hex. */
const SCHEME: LamlScheme = {
  name: 'SignalWire',
  headersOf: () => SIGNATURE_HEADERS,
  textOf: (fields) => fields.sortedText(),
  otherUrls: () => [],
  isCallStatus: isLamlCallStatus,
  signsBytes: true,
};

declare module '../event.ts' {
  interface ProviderFields {
    signalwire: signalwire.Fields;
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * SignalWire's Compatibility API (cXML / LaML). Signs with the project's signing key.
 *
 * Source: SignalWire Compatibility API reference and its webhook security guide; the signature schemes of the SDKs
 * `@signalwire/compatibility-api` and `signalwire` (Python), whose test vectors the tests repeat.
 * @example
 * ```ts
 * import { createCallStatus, signalwire } from '@call-status/core';
 *
 * createCallStatus({
 *   providers: [
 *     signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY!, onCompleted: (event) => console.log(event.callId) }),
 *   ],
 * });
 * ```
 */
export const signalwire: ProviderFactory<
  'signalwire',
  signalwire.Fields,
  signalwire.Options,
  (options: signalwire.CallbackOptions) => signalwire.CallbackParams,
  (options: signalwire.AttributesOptions) => signalwire.CallbackAttributes
> = defineBuiltIn({
  name: 'signalwire',
  methods: ['POST', 'GET'],
  signs: 'fields',
  secretOption: 'signingKey',
  options: {
    api: apiOption<signalwire.Api>({
      space: {
        expected: "the name of a space, such as 'acme' for acme.signalwire.com",
        fits: (value) => typeof value === 'string' && /^[a-z0-9-]+$/.test(value),
        isRequired: true,
        aliases: ['spaceUrl', 'host'],
      },
      project: { ...CREDENTIAL, aliases: ['projectId', 'accountSid'] },
      token: { ...CREDENTIAL, aliases: ['apiToken', 'authToken'] },
    }),
  },
  statuses: LAML_STATUSES,
  schema: callSchema<signalwire.Fields>('CallSid', 'CallStatus'),
  recognizedBy: ['CallSid'],
  recognizes,
  whyNot,
  isCallStatus: isLamlCallStatus,
  ...lamlVerifier(SCHEME),
  sign: lamlSigner('x-signalwire-signature', SCHEME),
  // Its documentation describes `completed` as "The call was answered and ended normally".
  normalize: (fields) => lamlForm(fields, true),
  eventKey: (_, form) => contentKey(form),
  fetchCall: {
    callIdPattern: UUID,
    // Reads are hardly limited.
    perMinute: 600,
    request: ([callId], { space, project, token }) => ({
      url: `https://${space}.signalwire.com/api/laml/2010-04-01/Accounts/${encodeURIComponent(project)}/Calls/${callId}.json`,
      headers: { Authorization: basic(project, token) },
    }),
    answers: (body) => lamlAnswers(body, true),
  },
  callbackParams,
  callbackAttributes: (options: signalwire.AttributesOptions): signalwire.CallbackAttributes => {
    checkOptions('signalwire.callbackAttributes()', options, callbackRules(ALL_EVENTS));
    const { StatusCallback, StatusCallbackMethod, StatusCallbackEvent } = callbackParams(options);
    return {
      statusCallback: StatusCallback,
      statusCallbackMethod: StatusCallbackMethod,
      statusCallbackEvent: StatusCallbackEvent.join(' '),
    };
  },
});

function recognizes(callback: IncomingCallback, named = false): boolean {
  if (named) return hasAny(callback, SIGNATURE_HEADERS) || mentions(callback, 'CallSid');
  const fields = callback.record;
  const callSid = id(fields['CallSid']);
  const hasCall = callSid !== undefined && isStatus(fields['CallStatus']);
  return hasCall && (UUID.test(callSid) || hasAny(callback, OWN_HEADERS)) && isCertainLamlCallStatus(fields);
}

function whyNot(callback: IncomingCallback, advice: string): string | undefined {
  const { fields } = callback;
  const isOurs = UUID.test(id(fields['CallSid']) ?? '') || hasAny(callback, OWN_HEADERS);
  const foreign = `CallSid is not a UUID, and there is no header of SignalWire: ${advice}.`;
  return whyNotLaml(fields, isOurs ? undefined : foreign, advice);
}

function hasAny(callback: IncomingCallback, headers: readonly SignatureHeader[]): boolean {
  return headers.some(({ header }) => callback.header(header) !== undefined);
}

/** Twilio uses the others too, so they do not identify the provider. */
const OWN_HEADERS = SIGNATURE_HEADERS.filter(({ header }) => header.startsWith('x-signalwire-'));

const ALL_EVENTS: readonly signalwire.Event[] = ['initiated', 'ringing', 'answered', 'completed'];

const REST_EVENTS: readonly signalwire.RestEvent[] = [...ALL_EVENTS, 'ringing_forwarded', 'ringing_queued'];

function callbackRules(events: readonly string[]): OptionRules<signalwire.CallbackOptions & TokenOption> {
  return { url: TEXT, token: TEXT, method: oneOf('POST', 'GET'), events: listOf(...events) };
}

function callbackParams(options: signalwire.CallbackOptions): signalwire.CallbackParams {
  checkOptions('signalwire.callbackParams()', options, callbackRules(REST_EVENTS));
  const { url, method = 'POST', events = ALL_EVENTS } = options;
  return { StatusCallback: url, StatusCallbackMethod: method, StatusCallbackEvent: events };
}
