import type { FieldTree } from '../decode/fields.ts';
import type { AnsweredBy, Hangup, MachineDetection, Sip } from '../event.ts';
import type { CallbackTarget, TokenOption } from '../provider/callback-params.ts';
import { defineProvider, type ProviderFactory } from '../provider/define-provider.ts';
import { contentKey } from '../provider/event-key.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import type { NormalForm } from '../provider/normal-form.ts';
import { callSchema, chosenSchema, option } from '../provider/standard-schema.ts';
import { time } from '../provider/time.ts';
import {
  direction,
  fieldsOf,
  hasValue,
  id,
  isStatus,
  phone,
  present,
  sipCode,
  span,
  text,
  word,
} from '../provider/values.ts';
import { authenticateVonage, diagnoseVonage, signVonage } from '../provider/vonage/signature.ts';
import { checkOptions, type OptionRules } from '../rules/check-options.ts';
import { oneOf, TEXT } from '../rules/option-rules.ts';
import type { Secret } from '../signing/secrets.ts';

/** The types of `vonage`. */
export declare namespace vonage {
  /**
   * The fields of Vonage's event webhook. For a GET, all are texts. Types of optional fields are not enforced.
   *
   * Source: developer.vonage.com, Voice API, webhook reference; the types of the Java SDK.
   */
  interface Fields {
    readonly status: string;
    /** The leg; `human` and `machine` have it as `call_uuid`. */
    readonly uuid?: string;
    readonly call_uuid?: string;
    /** What the legs of a call have in common: `CON-…`. */
    readonly conversation_uuid?: string;
    /** Without a plus. */
    readonly from?: string;
    /** Without a plus. */
    readonly to?: string;
    /** `inbound` or `outbound`. */
    readonly direction?: string;
    /** ISO 8601. Several events of a call may have the same. */
    readonly timestamp?: string;
    readonly start_time?: string | null;
    readonly end_time?: string;
    /** Seconds. */
    readonly duration?: number | string;
    readonly rate?: string;
    readonly price?: string;
    readonly network?: string | null;
    /** Why a call was not answered, such as `declined`, `cannot_route`. */
    readonly detail?: string;
    readonly sip_code?: number | string;
    /** `platform` or `user`. */
    readonly disconnected_by?: string;
    /** With `machine`: `beep_start` or `beep_timeout`. */
    readonly sub_state?: string;
    readonly [field: string]: unknown;
  }

  /** The options for Vonage. */
  interface Options {
    /** The account's signature secret (dashboard, API settings). With it, only signed callbacks are accepted. */
    readonly signatureSecret?: Secret;
    /** How far the time of a signature may be from now, before and after, in seconds. @default 300 */
    readonly toleranceSeconds?: number;
  }

  /** The options of `vonage.callbackParams`. */
  interface CallbackOptions extends CallbackTarget {
    /** @default 'POST' */
    readonly method?: 'POST' | 'GET';
  }

  /** Parameters of "create an outbound call" in the Voice API. */
  interface CallbackParams {
    readonly event_url: readonly [string];
    readonly event_method: 'POST' | 'GET';
  }
}

declare module '../event.ts' {
  interface ProviderFields {
    vonage: vonage.Fields;
  }
}

/**
 * Vonage, Voice API. Signs a hash of the body, or of the query of a GET, as a JSON Web Token.
 *
 * Source: developer.vonage.com, Voice API, webhook reference and signed webhooks; the SDKs for Node, Java, Ruby and Python, whose test
 * vectors the tests repeat.
 * @example
 * ```ts
 * import { createCallStatus, vonage } from '@call-status/core';
 *
 * createCallStatus({ providers: [vonage({ signatureSecret: process.env.VONAGE_SIGNATURE_SECRET! })] });
 * ```
 */
export const vonage: ProviderFactory<
  'vonage',
  vonage.Fields,
  vonage.Options,
  (options: vonage.CallbackOptions) => vonage.CallbackParams
> = defineProvider({
  name: 'vonage',
  methods: ['POST', 'GET'],
  signs: 'bytes',
  secretOption: 'signatureSecret',
  options: {
    toleranceSeconds: option<number>('a number of seconds, from 0', (given) => typeof given === 'number' && given >= 0),
  },
  statuses: {
    started: 'initiated',
    ringing: 'ringing',
    answered: 'in-progress',
    human: 'in-progress',
    machine: 'in-progress',
    // Follows the others too, except for `rejected`. The first outcome stays.
    completed: 'completed',
    busy: 'busy',
    unanswered: 'no-answer',
    timeout: 'no-answer',
    cancelled: 'canceled',
    // It is not documented by whom, so not `busy`, which would mean the other party.
    rejected: 'failed',
    failed: 'failed',
  },
  schema: chosenSchema<vonage.Fields>((value) => (id(fieldsOf(value)['uuid']) === undefined ? BY_CALL_UUID : BY_UUID)),
  recognizes,
  whyNot,
  isCallStatus,
  authenticate: authenticateVonage,
  sign: signVonage,
  diagnose: diagnoseVonage,
  normalize,
  eventKey: (_, form) => contentKey(form),
  callbackParams,
});

const BY_UUID = callSchema<vonage.Fields>('uuid', 'status');
const BY_CALL_UUID = callSchema<vonage.Fields>('call_uuid', 'status');

function callIdOf(fields: FieldTree): string | undefined {
  return id(fields['uuid']) ?? id(fields['call_uuid']);
}

function recognizes(callback: IncomingCallback, named = false): boolean {
  const fields = callback.record;
  const isEvent = callIdOf(fields) !== undefined && isStatus(fields['status']) && isCallStatus(fields) === true;
  return isEvent && (named || /^CON-/.test(id(fields['conversation_uuid']) ?? ''));
}

function whyNot({ fields }: IncomingCallback, advice: string): string | undefined {
  if (!('conversation_uuid' in fields || 'call_uuid' in fields)) return undefined;
  const other = isCallStatus(fields);
  return other === true ? `It lacks uuid, status or a conversation_uuid that begins with CON-: ${advice}.` : other;
}

/** Other events come to the same URL, and some users have the answer webhook there, whose answer steers the call. */
function isCallStatus(fields: FieldTree): true | string {
  if (!('status' in fields)) return 'It has no status: it is another event, or the answer webhook.';
  if (hasValue(fields['message_uuid'])) return 'It has message_uuid: it is a message.';
  const status = word(fields['status']) ?? '';
  return !OTHER.has(status) || `Its status is ${status}: it is another event.`;
}

/** Statuses of other things than calls; `disconnected` is of a WebSocket. */
const OTHER: ReadonlySet<string> = new Set(['record', 'input', 'transfer', 'error', 'disconnected']);

const ANSWERED_BY: ReadonlyMap<string | undefined, AnsweredBy> = new Map([
  ['human', 'human'],
  ['machine', 'machine'],
]);

function normalize(fields: vonage.Fields): NormalForm {
  const status = word(fields.status);
  const durationSeconds = span(fields.duration);
  return {
    callId: callIdOf(fields as FieldTree) as string,
    rawStatus: text(fields.status) ?? '',
    direction: direction(fields.direction),
    from: phone(fields.from),
    to: phone(fields.to),
    startedAt: time(fields.start_time),
    occurredAt: time(fields.end_time) ?? time(fields.timestamp),
    durationSeconds,
    answered: status === 'completed' && (durationSeconds ?? 0) > 0 ? true : undefined,
    answeredBy: ANSWERED_BY.get(status),
    machineDetection: present<MachineDetection>({ result: word(fields.sub_state) }),
    hangup: present<Hangup>({ cause: text(fields.detail) }),
    sip: present<Sip>({ code: sipCode(fields.sip_code) }),
  };
}

const CALLBACK_RULES: OptionRules<vonage.CallbackOptions & TokenOption> = {
  url: TEXT,
  token: TEXT,
  method: oneOf('POST', 'GET'),
};

function callbackParams(options: vonage.CallbackOptions): vonage.CallbackParams {
  checkOptions('vonage.callbackParams()', options, CALLBACK_RULES);
  const { url, method = 'POST' } = options;
  return { event_url: [url], event_method: method };
}
