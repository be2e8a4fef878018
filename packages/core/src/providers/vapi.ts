import type { CallbackRequest } from '../callback-request.ts';
import type { FieldTree } from '../decode/fields.ts';
import { type ApiOption, apiOption } from '../provider/api-option.ts';
import type { CallbackTarget, TokenOption } from '../provider/callback-params.ts';
import { defineBuiltIn } from '../provider/define-built-in.ts';
import type { ProviderFactory } from '../provider/define-provider.ts';
import type { Signing, Verdict } from '../provider/definition.ts';
import { contentKey } from '../provider/event-key.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import { required } from '../provider/standard-schema.ts';
import { fieldsOf, id, text, word } from '../provider/values.ts';
import { DIRECTIONS, REPORT, VAPI_API, VAPI_FETCH_CALL, VAPI_STATUSES, vapiForm } from '../provider/vapi/calls.ts';
import { VAPI_CAUSES } from '../provider/vapi/ended-reasons.ts';
import { checkOptions, type OptionRules } from '../rules/check-options.ts';
import { TEXT } from '../rules/option-rules.ts';
import { equal } from '../signing/equal.ts';
import type { Secret } from '../signing/secrets.ts';

/** The types of `vapi`. */
export declare namespace vapi {
  /**
   * The fields of a server message about the status of a call. Types of optional fields are not enforced.
   *
   * Source: docs.vapi.ai, server events; the types of the SDK `@vapi-ai/server-sdk`.
   */
  interface Fields {
    readonly message: {
      /** `status-update`, `end-of-call-report`. */
      readonly type: string;
      /** With `status-update`: `scheduled`, `queued`, `ringing`, `in-progress`, `forwarding`, `ended`. */
      readonly status?: string;
      readonly call: {
        readonly id: string;
        /** `inboundPhoneCall`, `outboundPhoneCall`, `webCall`, `vapi.websocketCall`. */
        readonly type?: string;
        readonly orgId?: string;
        /** `twilio`, `vonage`, `vapi`, `telnyx`. */
        readonly phoneCallProvider?: string;
        /** The call's id there. */
        readonly phoneCallProviderId?: string;
        readonly phoneNumberId?: string;
        readonly [field: string]: unknown;
      };
      /** Such as `customer-ended-call`. */
      readonly endedReason?: string;
      /** Milliseconds since 1970. */
      readonly timestamp?: number;
      readonly customer?: Readonly<Record<string, unknown>>;
      readonly phoneNumber?: Readonly<Record<string, unknown>>;
      /** ISO 8601. */
      readonly startedAt?: string;
      readonly endedAt?: string;
      readonly durationSeconds?: number;
      /** What was said. */
      readonly artifact?: Readonly<Record<string, unknown>>;
      readonly [field: string]: unknown;
    };
    readonly [field: string]: unknown;
  }

  /** The options for Vapi. */
  interface Options {
    /** The bearer token or the `X-Vapi-Secret` of the server URL's credential. With it, only callbacks that have it are accepted. */
    readonly secret?: Secret;
    /** For asking Vapi's API for calls whose callbacks never come. @default not asked */
    readonly api?: ApiOption<Api>;
  }

  /** Credentials for Vapi's API. */
  interface Api {
    /** A private API key. */
    readonly key: string;
  }

  /** The options of `vapi.callbackParams`. */
  interface CallbackOptions extends CallbackTarget {}

  /** Parameters of an assistant in Vapi's API. */
  interface CallbackParams {
    readonly server: { readonly url: string };
    readonly serverMessages: readonly ['status-update', 'end-of-call-report'];
  }
}

declare module '../event.ts' {
  interface ProviderFields {
    vapi: vapi.Fields;
  }
}

/**
 * Vapi. Proves itself by a secret in a header. It can also sign, but does not document every detail of it.
 *
 * Source: docs.vapi.ai, server events, server authentication, call ended reasons; the types of the SDK `@vapi-ai/server-sdk`.
 * @example
 * ```ts
 * import { createCallStatus, vapi } from '@call-status/core';
 *
 * createCallStatus({ providers: [vapi({ secret: process.env.VAPI_SECRET! })] });
 * ```
 */
export const vapi: ProviderFactory<
  'vapi',
  vapi.Fields,
  vapi.Options,
  (options: vapi.CallbackOptions) => vapi.CallbackParams
> = defineBuiltIn({
  name: 'vapi',
  signs: 'nothing',
  secretOption: 'secret',
  options: { api: apiOption<vapi.Api>(VAPI_API) },
  statuses: VAPI_STATUSES,
  causes: VAPI_CAUSES,
  schema: required<vapi.Fields>('message.call.id', 'message.type'),
  recognizedBy: ['message'],
  recognizes,
  whyNot,
  isCallStatus,
  authenticate,
  sign,
  normalize: ({ message }) => vapiForm(message, word(message.type) === REPORT ? REPORT : (text(message.status) ?? '')),
  eventKey: (_, form) => contentKey(form),
  fetchCall: VAPI_FETCH_CALL,
  callbackParams,
});

/** The status is beside the call, and the type of the call is one of Vapi: another provider wraps its callbacks alike. */
function recognizes({ record }: IncomingCallback): boolean {
  const { type, status, call } = fieldsOf(record['message']);
  const given = word(type);
  if (given !== REPORT && !(given === 'status-update' && text(status) !== undefined)) return false;
  const { id: callId, type: kind } = fieldsOf(call);
  return id(callId) !== undefined && DIRECTIONS.has(word(kind));
}

function whyNot({ fields }: IncomingCallback, advice: string): string | undefined {
  const { type, call } = fieldsOf(fields['message']);
  if (type === undefined || call === undefined) return undefined;
  const other = isCallStatus(fields);
  return other === true ? `It lacks message.status, or message.call with id and type: ${advice}.` : other;
}

/** Messages that wait for an answer, transcripts and others come to the same URL. */
function isCallStatus(fields: FieldTree): true | string {
  const type = word(fieldsOf(fields['message'])['type']);
  return (
    type === undefined ||
    type === 'status-update' ||
    type === REPORT ||
    'Its type is no state of a call: it is another message.'
  );
}

const SECRET_HEADER = 'x-vapi-secret';

/** A credential may leave out the word `Bearer`. */
function authenticate(callback: IncomingCallback, secrets: readonly string[]): Verdict {
  const given = callback.header(SECRET_HEADER);
  const authorization = callback.header('authorization');
  if (given === undefined && authorization === undefined) return 'missing';
  const proves = (secret: string): boolean =>
    equal(given ?? '', secret) || equal(authorization ?? '', `Bearer ${secret}`) || equal(authorization ?? '', secret);
  return secrets.some(proves) ? 'valid' : 'mismatch';
}

function sign(request: CallbackRequest, { secret }: Signing): CallbackRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${secret}` } };
}

const CALLBACK_RULES: OptionRules<vapi.CallbackOptions & TokenOption> = { url: TEXT, token: TEXT };

function callbackParams(options: vapi.CallbackOptions): vapi.CallbackParams {
  checkOptions('vapi.callbackParams()', options, CALLBACK_RULES);
  return { server: { url: options.url }, serverMessages: ['status-update', 'end-of-call-report'] };
}
