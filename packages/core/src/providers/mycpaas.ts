import type { CallbackTarget, TokenOption } from '../provider/callback-params.ts';
import { defineBuiltIn } from '../provider/define-built-in.ts';
import type { ProviderFactory } from '../provider/define-provider.ts';
import { contentKey } from '../provider/event-key.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import { LAML_STATUSES, type LamlFields, lamlForm } from '../provider/laml/laml.ts';
import { isCertainLamlCallStatus, isLamlCallStatus, whyNotLaml } from '../provider/laml/messages.ts';
import { SIGNATURE_HEADERS } from '../provider/laml/signature.ts';
import { callSchema } from '../provider/standard-schema.ts';
import { id, isStatus } from '../provider/values.ts';
import { checkOptions, type OptionRules } from '../rules/check-options.ts';
import { listOf, TEXT } from '../rules/option-rules.ts';

/** The types of `mycpaas`. */
export declare namespace mycpaas {
  /**
   * The fields of mycpaas's call status callback. Only `CallSid` (`CA…`) and `CallStatus` are documented; the others are those of its LaML
   * relatives, used if present.
   *
   * Source: docs.mycpaas.io, voice webhooks.
   */
  interface Fields extends LamlFields {}

  /** mycpaas documents no signature, so only `token` authenticates its callbacks. */
  // biome-ignore lint/suspicious/noEmptyInterface: it has only the options of every provider
  interface Options {}

  /**
   * The events that mycpaas can send. Its documentation is inconsistent: on one page they are statuses, on another the events
   * `initiated`, `ringing`, `answered`, `completed`.
   */
  type Event = 'initiated' | 'ringing' | 'answered' | 'in-progress' | 'completed' | 'failed' | 'busy' | 'no-answer';

  /** The options of `mycpaas.callbackParams`. */
  interface CallbackOptions extends CallbackTarget {
    /**
     * @default none, and so no parameter: mycpaas then reports how the call ended, according to all of its documentation, and everything
     * else, according to one page
     */
    readonly events?: readonly [Event, ...Event[]];
  }

  /** Parameters of "create a call" in mycpaas's REST API. */
  interface CallbackParams {
    /** Your URL, with the token in its query if you gave one. */
    readonly StatusCallback: string;
    /** Separated by spaces. */
    readonly StatusCallbackEvent?: string;
  }
}

declare module '../event.ts' {
  interface ProviderFields {
    mycpaas: mycpaas.Fields;
  }
}

/**
 * mycpaas. Cannot sign: set a `token`. Source: docs.mycpaas.io, voice webhooks, webhooks overview, voice call.
 * @example
 * ```ts
 * import { createCallStatus, mycpaas } from '@call-status/core';
 *
 * createCallStatus({
 *   providers: [
 *     mycpaas({ token: process.env.MYCPAAS_TOKEN!, onCompleted: (event) => console.log(event.callId) }),
 *   ],
 * });
 * ```
 */
export const mycpaas: ProviderFactory<
  'mycpaas',
  mycpaas.Fields,
  mycpaas.Options,
  (options: mycpaas.CallbackOptions) => mycpaas.CallbackParams
> = defineBuiltIn({
  name: 'mycpaas',
  signs: 'nothing',
  // `queued` and `canceled` are not documented; its relatives have them. The text of the documentation says "answered", its table
  // `in-progress`.
  statuses: LAML_STATUSES,
  schema: callSchema<mycpaas.Fields>('CallSid', 'CallStatus'),
  recognizedBy: ['CallSid'],
  recognizes,
  whyNot,
  isCallStatus: isLamlCallStatus,
  // Its documentation describes `completed` as "The call ended normally", not as answered.
  normalize: (fields) => lamlForm(fields, false),
  eventKey: (_, form) => contentKey(form),
  callbackParams,
});

/** A request with such a header comes from a relative of mycpaas, whose callbacks look the same. */
const FOREIGN_HEADERS = [...SIGNATURE_HEADERS.map(({ header }) => header), 'i-twilio-idempotency-token'];

function recognizes(callback: IncomingCallback): boolean {
  const fields = callback.record;
  if (!id(fields['CallSid'])?.startsWith('CA') || !isStatus(fields['CallStatus'])) return false;
  if (FOREIGN_HEADERS.some((header) => callback.header(header) !== undefined)) return false;
  const documented = Object.keys(fields).length === 2;
  return documented || isCertainLamlCallStatus(fields);
}

function whyNot(callback: IncomingCallback, advice: string): string | undefined {
  const { fields } = callback;
  const header = FOREIGN_HEADERS.find((name) => callback.header(name) !== undefined);
  if (header !== undefined) return whyNotLaml(fields, `It has ${header}, so it comes from a relative.`, advice);
  const isOurs = id(fields['CallSid'])?.startsWith('CA');
  return whyNotLaml(fields, isOurs ? undefined : `CallSid does not begin with CA: ${advice}.`, advice);
}

const CALLBACK_RULES: OptionRules<mycpaas.CallbackOptions & TokenOption> = {
  url: TEXT,
  token: TEXT,
  events: listOf('initiated', 'ringing', 'answered', 'in-progress', 'completed', 'failed', 'busy', 'no-answer'),
};

function callbackParams(options: mycpaas.CallbackOptions): mycpaas.CallbackParams {
  checkOptions('mycpaas.callbackParams()', options, CALLBACK_RULES);
  const { url, events } = options;
  return { StatusCallback: url, ...(events !== undefined && { StatusCallbackEvent: events.join(' ') }) };
}
