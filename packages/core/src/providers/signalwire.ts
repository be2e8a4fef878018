import { defineProvider, type ProviderFactory, type Secret } from '../provider/define-provider.ts';
import { contentKey } from '../provider/event-key.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import { LAML_STATUSES, type LamlFields, lamlForm } from '../provider/laml/laml.ts';
import { isCertainLamlCallStatus, isLamlCallStatus, whyNotLaml } from '../provider/laml/messages.ts';
import { sign } from '../provider/laml/sign.ts';
import {
  authenticate,
  diagnoseSignature,
  SIGNATURE_HEADERS,
  type SignatureHeader,
} from '../provider/laml/signature.ts';
import { callSchema } from '../provider/standard-schema.ts';
import { id, isStatus } from '../provider/values.ts';

/**
 * The fields of SignalWire's voice status callback and of its incoming call status callback, which is a part of the former.
 * `CallSid` is a bare UUID, without `CA`, and `AccountSid` is the project's id, without `AC`.
 */
export interface SignalwireFields extends LamlFields {}

declare module '../event.ts' {
  interface ProviderFields {
    signalwire: SignalwireFields;
  }
}

/** What SignalWire needs of you. */
export interface SignalwireOptions {
  /** The project's signing key (dashboard, API Credentials; `PSK…`). With it, only signed callbacks are accepted. */
  readonly signingKey?: Secret;
}

/** Events that SignalWire can be asked for. Event names are not status names: `answered` comes as `in-progress`, `completed` as any terminal status. */
export type SignalwireEvent = 'initiated' | 'ringing' | 'answered' | 'completed';

/** Those of REST; cXML has only the plain ones. */
export type SignalwireAnyEvent = SignalwireEvent | 'ringing_forwarded' | 'ringing_queued';

/** What `signalwire.callbackParams` takes. */
export interface SignalwireCallbackOptions {
  /** Your endpoint. Timeouts in its fragment (`#rt=5000`) are kept. */
  readonly url: string;
  /** For the URL's query. Not needed with a signing key. */
  readonly token?: string;
  /** @default 'POST' */
  readonly method?: 'POST' | 'GET';
  /** @default all of them; SignalWire's own default is only `completed` */
  readonly events?: readonly [SignalwireAnyEvent, ...SignalwireAnyEvent[]];
}

/** What `signalwire.callbackParams.attributes` takes. */
export interface SignalwireAttributesOptions extends SignalwireCallbackOptions {
  /** @default all of them; SignalWire's own default is only `completed` */
  readonly events?: readonly [SignalwireEvent, ...SignalwireEvent[]];
}

/** Parameters of "create a call" in SignalWire's REST API. */
export interface SignalwireParameters {
  /** Your endpoint, with the token in its query if you gave one. */
  readonly StatusCallback: string;
  /** How callbacks are to come: as a form, or with their fields in the query. */
  readonly StatusCallbackMethod: 'POST' | 'GET';
  /** One parameter for each. */
  readonly StatusCallbackEvent: readonly string[];
}

/** Attributes of `<Number>`, `<Sip>` and `<Verto>` in cXML. Escape them as your XML writer does. */
export interface SignalwireAttributes {
  /** Your endpoint, with the token in its query if you gave one. */
  readonly statusCallback: string;
  /** How callbacks are to come: as a form, or with their fields in the query. */
  readonly statusCallbackMethod: 'POST' | 'GET';
  /** Separated by spaces. */
  readonly statusCallbackEvent: string;
}

/** Makes what SignalWire has to be told: parameters for REST, or `.attributes` for cXML. */
export interface SignalwireCallbackUrl {
  (options: SignalwireCallbackOptions): SignalwireParameters;
  attributes(options: SignalwireAttributesOptions): SignalwireAttributes;
}

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
export const signalwire: ProviderFactory<'signalwire', SignalwireFields, SignalwireOptions, SignalwireCallbackUrl> =
  defineProvider({
    name: 'signalwire',
    methods: ['POST', 'GET'],
    signs: 'fields',
    secretOption: 'signingKey',
    statuses: LAML_STATUSES,
    schema: callSchema<SignalwireFields>('CallSid', 'CallStatus'),
    recognizes,
    whyNot,
    isCallStatus: isLamlCallStatus,
    authenticate,
    sign,
    diagnose: diagnoseSignature,
    // "The call was answered and ended normally", says its document of `completed`.
    normalize: (fields) => lamlForm(fields, true),
    eventKey: (_, form) => contentKey(form),
    callbackParams: Object.assign(parameters, { attributes }),
  });

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function recognizes(message: IncomingCallback, named = false): boolean {
  const fields = message.record;
  const callSid = id(fields['CallSid']);
  const hasCall = callSid !== undefined && isStatus(fields['CallStatus']);
  if (named) return hasCall || hasAny(message, SIGNATURE_HEADERS);
  return hasCall && isCertainLamlCallStatus(fields) && (UUID.test(callSid) || hasAny(message, OWN_HEADERS));
}

function whyNot(message: IncomingCallback, advice: string): string | undefined {
  const { fields } = message;
  const isOurs = UUID.test(id(fields['CallSid']) ?? '') || hasAny(message, OWN_HEADERS);
  const foreign = `CallSid is no UUID, and no header is of SignalWire: ${advice}.`;
  return whyNotLaml(fields, isOurs ? undefined : foreign, advice);
}

function hasAny(message: IncomingCallback, headers: readonly SignatureHeader[]): boolean {
  return headers.some(({ header }) => message.header(header) !== undefined);
}

/** The others are Twilio's too, so they do not tell whose a callback is. */
const OWN_HEADERS = SIGNATURE_HEADERS.filter(({ header }) => header.startsWith('x-signalwire-'));

const ALL_EVENTS: readonly SignalwireEvent[] = ['initiated', 'ringing', 'answered', 'completed'];

function parameters(options: SignalwireCallbackOptions): SignalwireParameters {
  const { url, method = 'POST', events = ALL_EVENTS } = options;
  return { StatusCallback: url, StatusCallbackMethod: method, StatusCallbackEvent: events };
}

function attributes(options: SignalwireAttributesOptions): SignalwireAttributes {
  const { StatusCallback, StatusCallbackMethod, StatusCallbackEvent } = parameters(options);
  return {
    statusCallback: StatusCallback,
    statusCallbackMethod: StatusCallbackMethod,
    statusCallbackEvent: StatusCallbackEvent.join(' '),
  };
}
