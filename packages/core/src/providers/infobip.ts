import type { FieldTree } from '../decode/fields.ts';
import type { CallError, CallStatus, Hangup } from '../event.ts';
import { verifyBasic, withBasic } from '../provider/basic.ts';
import type { CallbackTarget, TokenOption } from '../provider/callback-params.ts';
import { defineBuiltIn } from '../provider/define-built-in.ts';
import type { ProviderFactory } from '../provider/define-provider.ts';
import { contentKey } from '../provider/event-key.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import type { NormalForm } from '../provider/normal-form.ts';
import { callSchema } from '../provider/standard-schema.ts';
import { time } from '../provider/time.ts';
import { direction, fieldsOf, id, phone, present, statusByCause, text, word } from '../provider/values.ts';
import { checkOptions, type OptionRules } from '../rules/check-options.ts';
import { TEXT } from '../rules/option-rules.ts';
import type { Secret } from '../signing/secrets.ts';

/** The types of `infobip`. */
export declare namespace infobip {
  /**
   * The fields of an event of Infobip's Calls API. Types of optional fields are not enforced.
   *
   * Source: the models of the Java client, `CallsEvent`, `CallFinishedEvent` and `CallLog`.
   */
  interface Fields {
    readonly callId: string;
    /** `CALL_STARTED`, `CALL_FINISHED` and so on. */
    readonly type: string;
    /** ISO 8601. */
    readonly timestamp?: string;
    readonly callsConfigurationId?: string;
    readonly conferenceId?: string;
    readonly dialogId?: string;
    readonly bulkId?: string;
    readonly properties?: {
      readonly call?: Readonly<Record<string, unknown>>;
      /** With `CALL_FINISHED` and `CALL_FAILED`. */
      readonly callLog?: Readonly<Record<string, unknown>>;
      readonly [field: string]: unknown;
    };
    readonly [field: string]: unknown;
  }

  /** The options for Infobip. */
  interface Options {
    /** `user:password` of the notification profile's security settings (Basic). With it, only callbacks that have it are accepted. */
    readonly credentials?: Secret;
  }

  /** Parameters of a notification profile. */
  interface CallbackParams {
    readonly notifyUrl: string;
  }
}

declare module '../event.ts' {
  interface ProviderFields {
    infobip: infobip.Fields;
  }
}

/** Why a call ended: the name of its error code. */
const CAUSES: Readonly<Record<string, CallStatus>> = {
  normal_hangup: 'completed',
  machine_detected: 'completed',
  no_answer: 'no-answer',
  request_timeout: 'no-answer',
  busy: 'busy',
  cancelled: 'canceled',
  rejected: 'failed',
  forbidden: 'failed',
  destination_not_found: 'failed',
  destination_unavailable: 'failed',
  invalid_destination: 'failed',
  invalid_request: 'failed',
  service_unavailable: 'failed',
};

/**
 * Infobip, Calls API. Proves itself by a user name and a password (Basic). It can also sign, but does not document how.
 *
 * Source: infobip.com, Subscriptions API; the models of the client for Java.
 * @example
 * ```ts
 * import { createCallStatus, infobip } from '@call-status/core';
 *
 * createCallStatus({ providers: [infobip({ credentials: process.env.INFOBIP_CREDENTIALS! })] });
 * ```
 */
export const infobip: ProviderFactory<
  'infobip',
  infobip.Fields,
  infobip.Options,
  (options: CallbackTarget) => infobip.CallbackParams
> = defineBuiltIn({
  name: 'infobip',
  signs: 'nothing',
  secretOption: 'credentials',
  statuses: {
    CALL_STARTED: 'initiated',
    CALL_RECEIVED: 'ringing',
    CALL_RINGING: 'ringing',
    CALL_PRE_ESTABLISHED: 'ringing',
    CALL_ESTABLISHED: 'in-progress',
    CALL_FINISHED: 'completed',
    CALL_FAILED: 'failed',
  },
  causes: CAUSES,
  schema: callSchema<infobip.Fields>('callId', 'type'),
  recognizedBy: ['callId'],
  recognizes,
  whyNot,
  isCallStatus,
  authenticate: verifyBasic,
  sign: withBasic,
  normalize,
  eventKey: (_, form) => contentKey(form),
  callbackParams,
});

const STATES: ReadonlySet<string> = new Set([
  'call_started',
  'call_received',
  'call_ringing',
  'call_pre_established',
  'call_established',
  'call_finished',
  'call_failed',
]);

function recognizes({ record, contentType }: IncomingCallback): boolean {
  if (contentType.kind !== 'json' || id(record['callId']) === undefined) return false;
  return 'callsConfigurationId' in record && STATES.has(word(record['type']) ?? '');
}

function whyNot({ fields }: IncomingCallback, advice: string): string | undefined {
  if (!('callId' in fields && 'type' in fields)) return undefined;
  const other = isCallStatus(fields);
  return other === true ? `It has no callsConfigurationId: ${advice}.` : other;
}

/** All events of a subscription come to one URL. */
function isCallStatus(fields: FieldTree): true | string {
  const type = word(fields['type']);
  return type === undefined || STATES.has(type) || 'Its type is not a state of a call: it is another event.';
}

/** How a call ended, by the state in its log. */
const ENDED: Readonly<Record<string, CallStatus>> = {
  finished: 'completed',
  failed: 'failed',
  cancelled: 'canceled',
  no_answer: 'no-answer',
  busy: 'busy',
};

/** The state in the log says more than the type of the event, and of two states the cause says more. */
function endOf(state: string | undefined, cause: string | undefined): CallStatus | undefined {
  const end = statusByCause(ENDED, state);
  const why = statusByCause(CAUSES, cause);
  if (end === 'completed') return why ?? end;
  return end === 'failed' && why !== undefined && why !== 'completed' ? why : end;
}

function normalize(fields: infobip.Fields): NormalForm {
  const properties = fieldsOf(fields.properties);
  const log = fieldsOf(properties['callLog']);
  const call = { ...fieldsOf(properties['call']), ...log };
  const cause = fieldsOf(log['errorCode']);
  const answeredAt = time(log['answerTime']);
  const hasFailed = word(fields.type) === 'call_failed';
  return {
    callId: id(fields.callId) as string,
    rawStatus: text(fields.type) ?? '',
    status: endOf(word(log['state']), text(cause['name'])),
    direction: direction(call['direction']),
    from: phone(call['from']),
    to: phone(call['to']),
    parentCallId: id(call['parentCallId']),
    startedAt: time(call['startTime']),
    answeredAt,
    occurredAt: time(log['endTime']) ?? time(fields.timestamp),
    answered: answeredAt === undefined ? undefined : true,
    hangup: present<Hangup>({ cause: text(cause['name']) }),
    error: hasFailed ? present<CallError>({ code: text(cause['id']), message: text(cause['description']) }) : undefined,
  };
}

const CALLBACK_RULES: OptionRules<CallbackTarget & TokenOption> = { url: TEXT, token: TEXT };

function callbackParams(options: CallbackTarget): infobip.CallbackParams {
  checkOptions('infobip.callbackParams()', options, CALLBACK_RULES);
  return { notifyUrl: options.url };
}
