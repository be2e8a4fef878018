import type { CallbackRequest } from '../callback-request.ts';
import type { FieldTree } from '../decode/fields.ts';
import { CallStatusError } from '../errors.ts';
import type { CallError, Direction, Hangup, Line } from '../event.ts';
import {
  defineProvider,
  type NormalForm,
  type ProviderFactory,
  type Secret,
  type Signing,
  type Verdict,
} from '../provider/define-provider.ts';
import { contentKey } from '../provider/event-key.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import { callSchema, option } from '../provider/standard-schema.ts';
import { time } from '../provider/time.ts';
import { fieldsOf, id, isStatus, phone, present, text, word } from '../provider/values.ts';
import { diagnose } from '../signing/diagnose.ts';
import { equal } from '../signing/equal.ts';
import { hmac } from '../signing/hmac.ts';

/**
 * The fields of VoiceDock's `status-update`. Types of optional fields are not enforced.
 *
 * Source: doc.hmsovereign.com, webhooks, status-update; optional fields from the types of the SDK `hmsovereign`.
 */
export interface VoicedockFields {
  readonly message: {
    /** `status-update`. */
    readonly type?: string;
    /** ISO 8601. */
    readonly timestamp?: string;
    readonly call: {
      /** Some contain a phone number. */
      readonly id: string;
      /** The status word, such as `in-progress`. */
      readonly status: string;
      /** `inbound_phone_call`, `outbound_phone_call`, `web_call`. */
      readonly type?: string;
      readonly [field: string]: unknown;
    };
    /** The line; its number is null on web calls. */
    readonly phone_number?: {
      /** The line's id. */
      readonly id?: string | null;
      /** E.164. */
      readonly number?: string | null;
      /** The line's name. */
      readonly name?: string | null;
    };
    /** The other party; its number is null on web calls. */
    readonly customer?: { readonly number?: string | null };
    /** The assistant's whole configuration, prompts and metadata included. It may exceed `limits.bytes`; it is stored in `raw`. */
    readonly assistant?: Readonly<Record<string, unknown>>;
    /** With `ended-with-error`. */
    readonly error?: string;
    /** Such as `user_hangup`, `max_duration`. */
    readonly end_reason?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

declare module '../event.ts' {
  interface ProviderFields {
    voicedock: VoicedockFields;
  }
}

/** What VoiceDock needs of you. */
export interface VoicedockOptions {
  /** The `webhook_secret` of the assistant. With it, only signed callbacks are accepted. */
  readonly secret?: Secret;
  /**
   * How far the signature's timestamp may be from now, before and after, in seconds.
   * @default 300
   */
  readonly toleranceSeconds?: number;
}

/** What `voicedock.callbackParams` takes. */
export interface VoicedockCallbackOptions {
  /** Your endpoint. */
  readonly url: string;
  /** For the URL's query. Not needed with a secret. */
  readonly token?: string;
  /** With which VoiceDock is to sign; the `secret` of {@link VoicedockOptions}. */
  readonly secret?: string;
}

/** Parameters of an assistant in VoiceDock's API. */
export interface VoicedockParameters {
  /** Your endpoint, with the token in its query if you gave one. */
  readonly webhook_url: string;
  /** With which VoiceDock signs from then on. */
  readonly webhook_secret?: string;
  /** The one message that call-status takes. */
  readonly webhook_events: readonly ['status-update'];
}

/**
 * VoiceDock (HMS Sovereign). Signs the bytes of the body when a secret is set.
 *
 * Source: doc.hmsovereign.com, webhooks (overview, security, status-update); the SDK `hmsovereign`, `src/webhooks.ts`.
 * @example
 * ```ts
 * import { createCallStatus, voicedock } from '@call-status/core';
 *
 * createCallStatus({
 *   providers: [
 *     voicedock({ secret: process.env.VOICEDOCK_SECRET!, onCompleted: (event) => console.log(event.callId) }),
 *   ],
 * });
 * ```
 */
export const voicedock: ProviderFactory<
  'voicedock',
  VoicedockFields,
  VoicedockOptions,
  (options: VoicedockCallbackOptions) => VoicedockParameters
> = defineProvider({
  name: 'voicedock',
  signs: 'bytes',
  secretOption: 'secret',
  options: {
    toleranceSeconds: option<number>('a number of seconds, from 0', (given) => typeof given === 'number' && given >= 0),
  },
  // The webhook's document has in-progress, ended and ended-with-error; the others are statuses of calls in the REST API.
  statuses: {
    connecting: 'queued',
    dialing: 'queued',
    ringing: 'ringing',
    'in-progress': 'in-progress',
    ended: 'completed',
    // To another line: for VoiceDock the call is over.
    transferred: 'completed',
    'ended-with-error': 'failed',
    failed: 'failed',
    // By whom is not documented, so not `busy`: that would claim that the other party was.
    rejected: 'failed',
    'insufficient-credits': 'failed',
  },
  schema: callSchema<VoicedockFields>('message.call.id', 'message.call.status'),
  recognizes,
  whyNot,
  isCallStatus,
  authenticate,
  sign,
  diagnose: diagnoseSignature,
  normalize,
  eventKey: (_, form) => contentKey(form),
  callbackParams: parameters,
});

function recognizes(message: IncomingCallback): boolean {
  const event = word(message.header('x-webhook-event'));
  if (event !== undefined && event !== 'status-update') return false;
  const { type, call } = fieldsOf(message.fields['message']);
  const { id: callSid, status: callStatus } = fieldsOf(call);
  return word(type) === 'status-update' && id(callSid) !== undefined && isStatus(callStatus);
}

function whyNot(message: IncomingCallback, advice: string): string | undefined {
  const other = isCallStatus(message.fields);
  if (other !== true) return other;
  const { type, call } = fieldsOf(message.fields['message']);
  if (type === undefined && call === undefined) return undefined;
  if (type === undefined) return `It has no message.type: ${advice}.`;
  const header = word(message.header('x-webhook-event')) ?? 'status-update';
  return header === 'status-update'
    ? 'It lacks message.call with id and status.'
    : 'Its X-Webhook-Event is not status-update.';
}

/** `assistant-request` and `tool-calls` come to the same URL, and a live call waits for their answer. */
function isCallStatus(fields: FieldTree): true | string {
  const type = word(fieldsOf(fields['message'])['type']);
  return (
    type === undefined || type === 'status-update' || `Its message.type is not status-update, but of another message.`
  );
}

const UNIX_SECONDS = /^\d{1,12}$/;

function authenticate(
  message: IncomingCallback,
  secrets: readonly string[],
  options: VoicedockOptions,
  now: number,
): Verdict {
  const signature = message.header('x-webhook-signature');
  const timestamp = message.header('x-webhook-timestamp');
  if (signature === undefined || timestamp === undefined) return 'signature_missing';
  const { bytes } = message;
  if (bytes === undefined) return 'body_consumed';
  // An earlier revision of the documents shows the signature without the prefix, and the SDK takes both.
  const given = signature.startsWith('sha256=') ? signature.slice('sha256='.length) : signature;
  const genuine = secrets.some((secret) => equal(given, hmac('sha256', secret, 'hex', `${timestamp}.`, bytes)));
  if (!genuine || !UNIX_SECONDS.test(timestamp)) return 'signature_mismatch';
  // The content type is not signed: read as a form, the same bytes could tell of another call.
  if (message.contentType.kind !== 'json')
    throw new CallStatusError('unsupported_media_type', { provider: 'voicedock' });
  const { toleranceSeconds = 300 } = options;
  return Math.abs(now - Number(timestamp) * 1000) <= toleranceSeconds * 1000 ? 'genuine' : 'signature_expired';
}

function sign(request: CallbackRequest, { secret, nowMs }: Signing): CallbackRequest {
  const timestamp = String(Math.floor(nowMs / 1000));
  const signature = `sha256=${hmac('sha256', secret, 'hex', `${timestamp}.`, request.body ?? '')}`;
  return {
    ...request,
    headers: { ...request.headers, 'x-webhook-timestamp': timestamp, 'x-webhook-signature': signature },
  };
}

function diagnoseSignature(message: IncomingCallback, secrets: readonly string[]): readonly string[] | undefined {
  // What has no signature, timestamp or bytes is refused as that.
  const given = message.header('x-webhook-signature') as string;
  const timestamp = message.header('x-webhook-timestamp') as string;
  const inMs = 'X-Webhook-Timestamp is in milliseconds, and seconds are expected.';
  const isMs = /^\d{13}$/.test(timestamp);
  const seconds = timestamp.slice(0, -3);
  const wrong = isMs ? inMs : 'X-Webhook-Timestamp is no number of seconds.';
  return diagnose({
    signatures: [{ given: given.replace(/^sha256=/, ''), algorithm: 'sha256', encoding: 'hex' }],
    secrets,
    starts: [
      UNIX_SECONDS.test(timestamp) ? { value: `${timestamp}.` } : { value: `${timestamp}.`, advice: wrong },
      ...(isMs ? [{ value: `${seconds}.`, advice: `${inMs} It is signed in seconds.` }] : []),
      { value: '', advice: 'It covers the body without "<timestamp>." before it.' },
      { value: timestamp, advice: 'It covers timestamp and body without the "." between them.' },
    ],
    contents: [{ value: message.bytes as Uint8Array }],
  });
}

const DIRECTIONS: ReadonlyMap<string | undefined, Direction> = new Map([
  ['inbound_phone_call', 'inbound'],
  ['outbound_phone_call', 'outbound'],
  ['web_call', 'web'],
]);

function normalize({ message }: VoicedockFields): NormalForm {
  const { call } = message;
  const direction = DIRECTIONS.get(word(call.type));
  const phoneNumber = fieldsOf(message.phone_number);
  const line = phone(phoneNumber['number']);
  const customer = phone(fieldsOf(message.customer)['number']);
  // Which of the two is the caller, only the direction tells.
  const [from, to] = direction === undefined ? [] : direction === 'outbound' ? [line, customer] : [customer, line];
  return {
    callId: id(call.id) as string,
    rawStatus: text(call.status) ?? '',
    direction,
    from,
    to,
    line: present<Line>({ number: line, name: text(phoneNumber['name']), id: text(phoneNumber['id']) }),
    occurredAt: time(message.timestamp),
    hangup: present<Hangup>({
      by: undefined,
      number: undefined,
      direction: undefined,
      cause: text(message.end_reason),
    }),
    error: present<CallError>({ code: undefined, message: text(message.error) }),
  };
}

function parameters({ url, secret }: VoicedockCallbackOptions): VoicedockParameters {
  return {
    webhook_url: url,
    ...(secret !== undefined && { webhook_secret: secret }),
    webhook_events: ['status-update'],
  };
}
