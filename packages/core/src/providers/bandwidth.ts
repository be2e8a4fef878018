import type { FieldTree } from '../decode/fields.ts';
import { type ApiOption, apiOption } from '../provider/api-option.ts';
import {
  BANDWIDTH_API,
  BANDWIDTH_CAUSES,
  BANDWIDTH_FETCH_CALL,
  bandwidthForm,
  DISCONNECT,
} from '../provider/bandwidth/calls.ts';
import { userAndPassword, verifyBasic, withBasic } from '../provider/basic.ts';
import type { CallbackTarget, TokenOption } from '../provider/callback-params.ts';
import { defineBuiltIn } from '../provider/define-built-in.ts';
import type { ProviderFactory } from '../provider/define-provider.ts';
import { contentKey } from '../provider/event-key.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import { mentions } from '../provider/mentions.ts';
import { callSchema } from '../provider/standard-schema.ts';
import { id, text, word } from '../provider/values.ts';
import { checkOptions, type OptionRules } from '../rules/check-options.ts';
import { SECRET_TEXT, TEXT } from '../rules/option-rules.ts';
import type { Secret } from '../signing/secrets.ts';

/** The types of `bandwidth`. */
export declare namespace bandwidth {
  /**
   * The fields of the event `disconnect`. Types of optional fields are not enforced.
   *
   * Source: dev.bandwidth.com, voice, webhooks, "Disconnect"; the model `DisconnectCallback` of the SDK.
   */
  interface Fields {
    readonly callId: string;
    /** `disconnect`. */
    readonly eventType: string;
    /** About when the event was made. All times are ISO 8601, UTC. */
    readonly eventTime?: string;
    readonly accountId?: string;
    readonly applicationId?: string;
    /** A phone number, or a word such as `Anonymous`. */
    readonly from?: string;
    readonly to?: string;
    /** `inbound`, `outbound`. */
    readonly direction?: string;
    readonly callUrl?: string;
    readonly enqueuedTime?: string | null;
    readonly startTime?: string;
    /** Null or absent: the call was not answered. */
    readonly answerTime?: string | null;
    readonly endTime?: string;
    /** Such as `hangup`, `busy`, `timeout`. */
    readonly cause?: string;
    readonly errorMessage?: string | null;
    /** Bandwidth's id of this error. */
    readonly errorId?: string | null;
    /** What you passed when you created the call, or in BXML. */
    readonly tag?: string | null;
    readonly [field: string]: unknown;
  }

  /** The options for Bandwidth. */
  interface Options {
    /** `user:password`, as your application or the call has it for callbacks. With it, only callbacks that have it are accepted. */
    readonly credentials?: Secret;
    /** For asking Bandwidth's API for calls whose callbacks never come. @default not asked */
    readonly api?: ApiOption<Api>;
  }

  /** Credentials for Bandwidth's API, which are not those of callbacks. */
  interface Api {
    readonly user: string;
    readonly password: string;
    /** The id of the account. */
    readonly account: string;
  }

  /** The options of `bandwidth.callbackParams`. */
  interface CallbackOptions extends CallbackTarget {
    /** `user:password` that Bandwidth sends with the callbacks of this call. @default those of the application, if it has any */
    readonly credentials?: string;
  }

  /** Parameters of "create call" in Bandwidth's API. */
  interface CallbackParams {
    readonly disconnectUrl: string;
    readonly disconnectMethod: 'POST';
    readonly username?: string;
    readonly password?: string;
  }
}

declare module '../event.ts' {
  interface ProviderFields {
    bandwidth: bandwidth.Fields;
  }
}

/**
 * Bandwidth, programmable voice. Does not sign: proves itself by a user name and a password (Basic).
 *
 * Source: dev.bandwidth.com, voice, webhooks; the models of the SDK.
 * @example
 * ```ts
 * import { bandwidth, createCallStatus } from '@call-status/core';
 *
 * createCallStatus({ providers: [bandwidth({ credentials: process.env.BANDWIDTH_CREDENTIALS! })] });
 * ```
 */
export const bandwidth: ProviderFactory<
  'bandwidth',
  bandwidth.Fields,
  bandwidth.Options,
  (options: bandwidth.CallbackOptions) => bandwidth.CallbackParams
> = defineBuiltIn({
  name: 'bandwidth',
  methods: ['POST', 'GET'],
  signs: 'nothing',
  secretOption: 'credentials',
  options: { api: apiOption<bandwidth.Api>(BANDWIDTH_API) },
  statuses: { [DISCONNECT]: 'completed' },
  causes: BANDWIDTH_CAUSES,
  schema: callSchema<bandwidth.Fields>('callId', 'eventType'),
  recognizedBy: ['applicationId'],
  recognizes,
  whyNot,
  isCallStatus,
  authenticate: verifyBasic,
  sign: withBasic,
  normalize: (fields) => bandwidthForm(fields, text(fields.eventType) ?? ''),
  eventKey: (_, form) => contentKey(form),
  fetchCall: BANDWIDTH_FETCH_CALL,
  callbackParams,
});

function recognizes(callback: IncomingCallback, named = false): boolean {
  if (named && mentions(callback, 'callId', 'eventType')) return true;
  const { record } = callback;
  if (word(record['eventType']) !== DISCONNECT || id(record['callId']) === undefined) return false;
  return id(record['accountId']) !== undefined && id(record['applicationId']) !== undefined;
}

function whyNot({ fields }: IncomingCallback, advice: string): string | undefined {
  if (!('eventType' in fields && 'callId' in fields)) return undefined;
  const other = isCallStatus(fields);
  return other === true ? `It has no callId, accountId or applicationId: ${advice}.` : other;
}

/** The others wait for BXML, or are about a part of a call. */
function isCallStatus(fields: FieldTree): true | string {
  const type = word(fields['eventType']);
  return type === undefined || type === DISCONNECT || 'Its eventType is not disconnect: your application answers it.';
}

const CALLBACK_RULES: OptionRules<bandwidth.CallbackOptions & TokenOption> = {
  url: TEXT,
  token: TEXT,
  credentials: SECRET_TEXT,
};

function callbackParams(options: bandwidth.CallbackOptions): bandwidth.CallbackParams {
  checkOptions('bandwidth.callbackParams()', options, CALLBACK_RULES);
  const { url, credentials } = options;
  const target = { disconnectUrl: url, disconnectMethod: 'POST' } as const;
  if (credentials === undefined) return target;
  const [username, password] = userAndPassword(credentials);
  return { ...target, username, password };
}
