import { hash } from 'node:crypto';
import { equal } from '../authenticate/equal.ts';
import { type HmacAlgorithm, hmac } from '../authenticate/hmac.ts';
import { withOtherPort } from '../authenticate/url.ts';
import { CallStatusError } from '../errors.ts';
import type { Message } from '../message.ts';
import { defineProvider, type ProviderFactory, type Secret, type Verdict } from '../provider.ts';
import { callSchema } from '../standard-schema.ts';
import { contentKey } from './event-key.ts';
import { LAML_STATUSES, type LamlFields, lamlForm } from './laml.ts';
import { isCertainLamlCallStatus, isLamlCallStatus, whyNotLaml } from './laml-messages.ts';
import { id, isStatus } from './lenient.ts';

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

/** Those of REST; cXML has the plain ones alone. */
type SignalwireAnyEvent = SignalwireEvent | 'ringing_forwarded' | 'ringing_queued';

/** What `signalwire.callbackUrl` takes. */
export interface SignalwireCallbackOptions {
  /** Your endpoint. Timeouts in its fragment (`#rt=5000`) are kept. */
  readonly url: string;
  /** For the URL's query. Not needed with a signing key. */
  readonly token?: string;
  /** @default 'POST' */
  readonly method?: 'POST' | 'GET';
  /** @default all of them; SignalWire's own default is `completed` alone */
  readonly events?: readonly [SignalwireAnyEvent, ...SignalwireAnyEvent[]];
}

/** What `signalwire.callbackUrl.attributes` takes. */
export interface SignalwireAttributesOptions extends SignalwireCallbackOptions {
  /** @default all of them; SignalWire's own default is `completed` alone */
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
 */
export const signalwire: ProviderFactory<'signalwire', SignalwireFields, SignalwireOptions, SignalwireCallbackUrl> =
  defineProvider({
    name: 'signalwire',
    methods: ['POST', 'GET'],
    signs: 'fields',
    secret: 'signingKey',
    statuses: LAML_STATUSES,
    schema: callSchema<SignalwireFields>('CallSid', 'CallStatus'),
    recognizes,
    whyNot,
    isCallStatus: isLamlCallStatus,
    authenticate,
    // "The call was answered and ended normally", says its document of `completed`.
    normalize: (fields) => lamlForm(fields, true),
    eventKey: (_, form) => contentKey(form),
    callbackUrl: Object.assign(parameters, { attributes }),
  });

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function recognizes(message: Message, named = false): boolean {
  const { fields } = message;
  const callSid = id(fields['CallSid']);
  const hasCall = callSid !== undefined && isStatus(fields['CallStatus']);
  if (named) return hasCall || hasAny(message, SIGNATURE_HEADERS);
  return hasCall && isCertainLamlCallStatus(fields) && (UUID.test(callSid) || hasAny(message, OWN_HEADERS));
}

function whyNot(message: Message): string | undefined {
  const { fields } = message;
  const isOurs = UUID.test(id(fields['CallSid']) ?? '') || hasAny(message, OWN_HEADERS);
  return whyNotLaml(
    fields,
    isOurs ? undefined : 'CallSid is no UUID, and no header is of SignalWire: name the provider.',
  );
}

function hasAny(message: Message, headers: readonly SignatureHeader[]): boolean {
  return headers.some(({ header }) => message.header(header) !== undefined);
}

/** Where the signature is, and with which digest it is made. */
interface SignatureHeader {
  readonly header: string;
  readonly algorithm: HmacAlgorithm;
}

/** Any valid signature will do: all are made with the same key. */
const SIGNATURE_HEADERS: readonly SignatureHeader[] = [
  { header: 'x-signalwire-signature', algorithm: 'sha1' },
  { header: 'x-twilio-signature', algorithm: 'sha1' },
  { header: 'x-signalwire-sha256-signature', algorithm: 'sha256' },
  { header: 'x-twilio-sha256-signature', algorithm: 'sha256' },
];

/** The others are Twilio's too, so they do not tell whose a callback is. */
const OWN_HEADERS = SIGNATURE_HEADERS.filter(({ header }) => header.startsWith('x-signalwire-'));

/** What a signature covers after the URL. Its encoding tells the schemes apart. */
interface Covered {
  readonly encoding: 'base64' | 'hex';
  readonly content: string | Uint8Array;
}

function authenticate(message: Message, secrets: readonly string[]): Verdict {
  let verdict: Verdict = 'signature_missing';
  for (const { header, algorithm } of SIGNATURE_HEADERS) {
    const signature = message.header(header);
    if (signature === undefined) continue;
    verdict = verify(message, secrets, signature, algorithm);
    if (verdict === 'genuine') refuseShifted(message);
    if (verdict !== 'signature_mismatch') return verdict;
  }
  return verdict;
}

/** What no name and no value may have inside of it; a name may end with it, as `ParentCallSid` does. */
const HIDDEN_IN_VALUE = /Call(?:Sid|Status)/;
const HIDDEN_IN_NAME = /Call(?:Sid|Status)./s;
const SHIFTED =
  'A field contains the text CallSid or CallStatus, so another callback may have been made of a signed one by shifting the borders of its fields.';

/**
 * The signature covers names and values without borders between them, nor between them and the URL. Whoever saw a signed request
 * could make of it a genuine one of another call, by a value that speaks of that call; the true names would then be inside of others.
 */
function refuseShifted({ query, flat }: Message): void {
  const hides = (name: string, value: string): boolean => HIDDEN_IN_VALUE.test(value) || HIDDEN_IN_NAME.test(name);
  const inUrl = Object.entries(query).some(([name, values]) => [values].flat().some((value) => hides(name, value)));
  if (!inUrl && !flat.some(hides)) return;
  throw new CallStatusError('signature_mismatch', { provider: 'signalwire', hint: SHIFTED });
}

function verify(message: Message, secrets: readonly string[], signature: string, algorithm: HmacAlgorithm): Verdict {
  const schemes = coveredBy(message);
  if (schemes === undefined) return 'body_consumed';
  const isMadeFor = (url: string): boolean =>
    secrets.some((secret) =>
      schemes.some(({ encoding, content }) => equal(signature, hmac(algorithm, secret, encoding, url, content))),
    );
  if (isMadeFor(message.url)) return 'genuine';
  const otherUrl = withOtherPort(message.url);
  return otherUrl !== undefined && isMadeFor(otherUrl) ? 'genuine' : 'signature_mismatch';
}

/**
 * The schemes that cover the whole message. A body that none covers has none, however well its URL is signed.
 * `undefined`: the bytes are needed, and gone.
 */
function coveredBy(message: Message): readonly Covered[] | undefined {
  if (message.request.method === 'GET') return [{ encoding: 'base64', content: '' }];
  const { bytes } = message;
  const { kind } = message.contentType;
  // Of JSON alone: no signature covers the content type, and read as a form the same bytes could tell of another call.
  const { bodySHA256 } = message.query;
  if (kind === 'json') {
    if (bytes === undefined) return undefined;
    const schemes: Covered[] = [{ encoding: 'hex', content: bytes }];
    if (equal(String(bodySHA256), hash('sha256', bytes))) schemes.push({ encoding: 'base64', content: '' });
    return schemes;
  }
  if (kind !== 'form') return [];
  // Another parser may have made objects of names with brackets; those the signature cannot be checked over.
  if (bytes === undefined && Object.keys(message.flat.toRecord()).length !== Object.keys(message.fields).length) {
    return undefined;
  }
  return [{ encoding: 'base64', content: message.flat.sortedText() }];
}

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
