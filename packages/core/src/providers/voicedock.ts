import type { CallbackRequest } from '../callback-request.ts';
import type { FieldTree } from '../decode/fields.ts';
import { CallStatusError } from '../errors.ts';
import type { CallError, Direction, Hangup, Line } from '../event.ts';
import { type ApiOption, apiOption } from '../provider/api-option.ts';
import type { CallbackTarget } from '../provider/callback-params.ts';
import { defineBuiltIn } from '../provider/define-built-in.ts';
import type { ProviderFactory } from '../provider/define-provider.ts';
import type { Signing, Verdict } from '../provider/definition.ts';
import { contentKey } from '../provider/event-key.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import type { NormalForm } from '../provider/normal-form.ts';
import { callSchema, option } from '../provider/standard-schema.ts';
import { time } from '../provider/time.ts';
import { fieldsOf, id, isStatus, phone, present, text, word } from '../provider/values.ts';
import { VOICEDOCK_API, VOICEDOCK_FETCH_CALL } from '../provider/voicedock/calls.ts';
import { diagnoseVoicedock, UNIX_SECONDS } from '../provider/voicedock/diagnose.ts';
import { checkOptions } from '../rules/check-options.ts';
import { SECRET_TEXT, TEXT } from '../rules/option-rules.ts';
import { equal } from '../signing/equal.ts';
import { hmac } from '../signing/hmac.ts';
import type { Secret } from '../signing/secrets.ts';

/** The types of `voicedock`. */
export declare namespace voicedock {
  /**
   * The fields of VoiceDock's `status-update`. Types of optional fields are not enforced.
   *
   * Source: doc.hmsovereign.com, webhooks, status-update; optional fields from the types of the SDK `hmsovereign`.
   */
  interface Fields {
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
      /** The line; its number (E.164) is null on web calls. */
      readonly phone_number?: {
        readonly id?: string | null;
        readonly number?: string | null;
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

  /** The options for VoiceDock. */
  interface Options {
    /** The `webhook_secret` of the assistant. With it, only signed callbacks are accepted. */
    readonly secret?: Secret;
    /** How far the signature's timestamp may be from now, before and after, in seconds. @default 300 */
    readonly toleranceSeconds?: number;
    /** For asking VoiceDock's API for calls whose callbacks never come. @default not asked */
    readonly api?: ApiOption<Api>;
  }

  /** Credentials for VoiceDock's API. */
  interface Api {
    /** The API key. */
    readonly key: string;
  }

  /** The options of `voicedock.callbackParams`. */
  interface CallbackOptions extends CallbackTarget {
    /** The secret for VoiceDock to sign with; the `secret` of {@link Options}. */
    readonly secret?: string;
  }

  /** Parameters of an assistant in VoiceDock's API. */
  interface CallbackParams {
    readonly webhook_url: string;
    readonly webhook_secret?: string;
    readonly webhook_events: readonly ['status-update'];
  }
}

declare module '../event.ts' {
  interface ProviderFields {
    voicedock: voicedock.Fields;
  }
}

/**
 * VoiceDock (HMS Sovereign). Signs the bytes of the body when a secret is set.
 *
 * Source: doc.hmsovereign.com, webhooks (overview, security, status-update); the SDK `hmsovereign`, `src/webhooks.ts`.
 * @example
 * ```ts
 * import { createCallStatus, voicedock } from '@call-status/core';
 *
 * createCallStatus({ providers: [voicedock({ secret: process.env.VOICEDOCK_SECRET! })] });
 * ```
 */
export const voicedock: ProviderFactory<
  'voicedock',
  voicedock.Fields,
  voicedock.Options,
  (options: voicedock.CallbackOptions) => voicedock.CallbackParams
> = defineBuiltIn({
  name: 'voicedock',
  signs: 'bytes',
  secretOption: 'secret',
  options: {
    toleranceSeconds: option<number>('a number of seconds, from 0', (given) => typeof given === 'number' && given >= 0),
    api: apiOption<voicedock.Api>(VOICEDOCK_API),
  },
  // The webhook documentation lists in-progress, ended and ended-with-error; the others are call statuses of the REST API.
  statuses: {
    connecting: 'queued',
    dialing: 'queued',
    ringing: 'ringing',
    'in-progress': 'in-progress',
    ended: 'completed',
    // Forwarded to another line: for VoiceDock, the call is over.
    transferred: 'completed',
    'ended-with-error': 'failed',
    failed: 'failed',
    // It is not documented by whom, so not `busy`, which would mean the other party.
    rejected: 'failed',
    'insufficient-credits': 'failed',
  },
  schema: callSchema<voicedock.Fields>('message.call.id', 'message.call.status'),
  recognizedBy: ['message'],
  recognizes,
  whyNot,
  isCallStatus,
  authenticate,
  sign,
  diagnose: diagnoseVoicedock,
  normalize,
  eventKey: (_, form) => contentKey(form),
  fetchCall: VOICEDOCK_FETCH_CALL,
  callbackParams,
});

function recognizes(callback: IncomingCallback): boolean {
  const { type, call, status } = fieldsOf(callback.record['message']);
  // Vapi wraps its messages alike, but has the status beside the call.
  if (word(type) !== 'status-update' || status !== undefined) return false;
  const { id: callSid, status: callStatus } = fieldsOf(call);
  if (id(callSid) === undefined || !isStatus(callStatus)) return false;
  const event = word(callback.header('x-webhook-event'));
  return event === undefined || event === 'status-update';
}

function whyNot(callback: IncomingCallback, advice: string): string | undefined {
  const other = isCallStatus(callback.fields);
  if (other !== true) return other;
  const { type, call } = fieldsOf(callback.fields['message']);
  if (type === undefined && call === undefined) return undefined;
  if (type === undefined) return `It has no message.type: ${advice}.`;
  const header = word(callback.header('x-webhook-event')) ?? 'status-update';
  return header === 'status-update'
    ? 'It lacks message.call with id and status.'
    : 'Its X-Webhook-Event is not status-update.';
}

/** `assistant-request` and `tool-calls` come to the same URL, and a live call waits for their answer. */
function isCallStatus(fields: FieldTree): true | string {
  const type = word(fieldsOf(fields['message'])['type']);
  return (
    type === undefined || type === 'status-update' || `Its message.type is not status-update: it is another message.`
  );
}

function authenticate(
  callback: IncomingCallback,
  secrets: readonly string[],
  { toleranceSeconds = 300 }: voicedock.Options,
  nowMs: number,
): Verdict {
  const signature = callback.header('x-webhook-signature');
  const timestamp = callback.header('x-webhook-timestamp');
  if (signature === undefined || timestamp === undefined) return 'missing';
  const { bytes } = callback;
  // An earlier revision of the documentation shows the signature without the prefix, and the SDK accepts both.
  const given = signature.startsWith('sha256=') ? signature.slice('sha256='.length) : signature;
  const isValid = secrets.some((secret) => equal(given, hmac('sha256', secret, 'hex', `${timestamp}.`, bytes)));
  if (!isValid || !UNIX_SECONDS.test(timestamp)) return 'mismatch';
  // The content type is not signed, and read as a form, the same bytes could describe another call.
  if (callback.contentType.kind !== 'json') throw new CallStatusError('unsupported_media_type');
  return Math.abs(nowMs - Number(timestamp) * 1000) <= toleranceSeconds * 1000 ? 'valid' : 'expired';
}

function sign(request: CallbackRequest, { secret, nowMs }: Signing): CallbackRequest {
  const timestamp = String(Math.floor(nowMs / 1000));
  const signature = `sha256=${hmac('sha256', secret, 'hex', `${timestamp}.`, request.body ?? '')}`;
  return {
    ...request,
    headers: { ...request.headers, 'x-webhook-timestamp': timestamp, 'x-webhook-signature': signature },
  };
}

const DIRECTIONS: ReadonlyMap<string | undefined, Direction> = new Map([
  ['inbound_phone_call', 'inbound'],
  ['outbound_phone_call', 'outbound'],
  ['web_call', 'web'],
]);

function normalize({ message }: voicedock.Fields): NormalForm {
  const { call } = message;
  const direction = DIRECTIONS.get(word(call.type));
  const phoneNumber = fieldsOf(message.phone_number);
  const line = phone(phoneNumber['number']);
  const customer = phone(fieldsOf(message.customer)['number']);
  // Only the direction tells which of the two is the caller.
  const [from, to] = direction === undefined ? [] : direction === 'outbound' ? [line, customer] : [customer, line];
  return {
    callId: id(call.id) as string,
    rawStatus: text(call.status) ?? '',
    direction,
    from,
    to,
    line: present<Line>({ number: line, name: text(phoneNumber['name']), id: text(phoneNumber['id']) }),
    occurredAt: time(message.timestamp),
    hangup: present<Hangup>({ cause: text(message.end_reason) }),
    error: present<CallError>({ message: text(message.error) }),
  };
}

function callbackParams(options: voicedock.CallbackOptions): voicedock.CallbackParams {
  checkOptions('voicedock.callbackParams()', options, { url: TEXT, token: TEXT, secret: SECRET_TEXT });
  const { url, secret } = options;
  const signed = secret === undefined ? {} : { webhook_secret: secret };
  return { webhook_url: url, ...signed, webhook_events: ['status-update'] };
}
