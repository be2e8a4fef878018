import type { CallbackRequest } from '../callback-request.ts';
import type { CallbackTarget, TokenOption } from '../provider/callback-params.ts';
import { defineBuiltIn } from '../provider/define-built-in.ts';
import type { ProviderFactory } from '../provider/define-provider.ts';
import type { Signing, Verdict } from '../provider/definition.ts';
import { contentKey } from '../provider/event-key.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import { mentions } from '../provider/mentions.ts';
import type { NormalForm } from '../provider/normal-form.ts';
import { PLIVO_STATUSES, plivoForm } from '../provider/plivo/form.ts';
import { isPlivoCallStatus } from '../provider/plivo/messages.ts';
import { callSchema, option } from '../provider/standard-schema.ts';
import { isZone, time, type Zone } from '../provider/time.ts';
import { id, isStatus } from '../provider/values.ts';
import { checkOptions, type OptionRules } from '../rules/check-options.ts';
import { oneOf, TEXT } from '../rules/option-rules.ts';
import { equal } from '../signing/equal.ts';
import { hmac } from '../signing/hmac.ts';
import type { Secret } from '../signing/secrets.ts';
import { addressForms } from '../signing/url.ts';

/** The types of `vobiz`. */
export declare namespace vobiz {
  /**
   * The fields of the ring and hangup callbacks. All values are strings. Types of optional fields are not enforced.
   *
   * Source: vobiz.ai, Voice API, callbacks and XML requests.
   */
  interface Fields {
    readonly CallUUID: string;
    /** The status word, such as `no-answer`. */
    readonly CallStatus: string;
    /** `Ring` or `Hangup`. */
    readonly Event?: string;
    /** Of an outbound call. */
    readonly ALegUUID?: string;
    readonly ALegRequestUUID?: string;
    /** `inbound` or `outbound`. */
    readonly Direction?: string;
    readonly From?: string;
    readonly To?: string;
    readonly ForwardedFrom?: string;
    /** `YYYY-MM-DD HH:mm:ss`, in the zone of the account, like the next two. */
    readonly StartTime?: string;
    readonly AnswerTime?: string;
    readonly EndTime?: string;
    /** Seconds. */
    readonly Duration?: string;
    readonly BillDuration?: string;
    /** Such as `NORMAL_CLEARING`. */
    readonly HangupCause?: string;
    /** `Caller`, `Callee`, `Vobiz`, `API Request`, `Answer XML`, `Error`, `Unknown`. */
    readonly HangupSource?: string;
    readonly [field: string]: unknown;
  }

  /** The options for Vobiz. */
  interface Options {
    /**
     * The auth token of the account that makes the calls, or of its main account. With it, only callbacks that Vobiz has sent to this URL are
     * accepted; it signs no field. For rotation and for subaccounts, list several.
     */
    readonly authToken?: Secret;
    /**
     * The zone of the account, as set in the console: `+05:30`. Vobiz's times have none.
     * @default the times are absent, since they are unknown
     */
    readonly utcOffset?: Zone;
  }

  /** The options of `vobiz.callbackParams`. */
  interface CallbackOptions extends CallbackTarget {
    /** @default 'POST' */
    readonly method?: 'POST' | 'GET';
  }

  /** Parameters of "make a call" in Vobiz's API, and of an application. */
  interface CallbackParams {
    readonly hangup_url: string;
    readonly hangup_method: 'POST' | 'GET';
  }
}

declare module '../event.ts' {
  interface ProviderFields {
    vobiz: vobiz.Fields;
  }
}

/**
 * Vobiz, Voice API, whose callbacks are like those of Plivo. Signs the address of the callback URL, and no field.
 *
 * Source: vobiz.ai, Voice API, callbacks and their validation.
 * @example
 * ```ts
 * import { createCallStatus, vobiz } from '@call-status/core';
 *
 * createCallStatus({ providers: [vobiz({ authToken: process.env.VOBIZ_AUTH_TOKEN! })] });
 * ```
 */
export const vobiz: ProviderFactory<
  'vobiz',
  vobiz.Fields,
  vobiz.Options,
  (options: vobiz.CallbackOptions) => vobiz.CallbackParams
> = defineBuiltIn({
  name: 'vobiz',
  methods: ['POST', 'GET'],
  // The signature covers no field, so it proves as much as a password.
  signs: 'nothing',
  secretOption: 'authToken',
  options: { utcOffset: option<Zone>('hours and minutes, two digits each, such as +05:30', isZone) },
  // Its documentation says that they are those of Plivo, and lists most of them.
  statuses: PLIVO_STATUSES,
  schema: callSchema<vobiz.Fields>('CallUUID', 'CallStatus'),
  recognizedBy: ['CallUUID'],
  recognizes,
  whyNot,
  isCallStatus: isPlivoCallStatus,
  authenticate,
  sign,
  normalize,
  eventKey: (_, form) => contentKey(form),
  callbackParams,
});

/**
 * Versions 2 and 3 differ in what is between the address and the nonce. The token of the main account signs too. Without a border, a nonce of
 * another length could continue another address. With one, only a longer one could: the nonce of version 2, and the end of another address.
 */
const VERSIONS = [
  {
    headers: ['x-vobiz-signature-v3', 'x-vobiz-signature-ma-v3'],
    nonce: 'x-vobiz-signature-v3-nonce',
    border: '.',
    form: /^[\w-]{1,20}$/,
  },
  {
    headers: ['x-vobiz-signature-v2', 'x-vobiz-signature-ma-v2'],
    nonce: 'x-vobiz-signature-v2-nonce',
    border: '',
    form: /^\d{20}$/,
  },
] as const;
const [V3, V2] = VERSIONS;

function authenticate(callback: IncomingCallback, secrets: readonly string[]): Verdict {
  // Whether user and password are signed is not documented.
  const addresses = addressForms(callback.url.replace(/[?#].*/s, ''));
  let verdict: Verdict = 'missing';
  for (const { headers, nonce: header, border, form } of VERSIONS) {
    const nonce = callback.header(header) ?? '';
    for (const signature of headers.map((name) => callback.header(name))) {
      if (signature === undefined) continue;
      const isMade = (secret: string, one: string): boolean =>
        equal(signature, hmac('sha256', secret, 'base64', one, border + nonce));
      const isOurs = form.test(nonce) && secrets.some((secret) => addresses.some((one) => isMade(secret, one)));
      if (isOurs) return 'valid';
      verdict = 'mismatch';
    }
  }
  return verdict;
}

/** Any will do. */
const OUR_NONCE = '12345678901234567890';

function sign(request: CallbackRequest, { secret }: Signing): CallbackRequest {
  const address = request.origin + request.url.replace(/\?.*/s, '');
  const signature = hmac('sha256', secret, 'base64', address, V3.border + OUR_NONCE);
  return { ...request, headers: { ...request.headers, [V3.headers[0]]: signature, [V3.nonce]: OUR_NONCE } };
}

function recognizes(callback: IncomingCallback, named = false): boolean {
  if (named) return hasOwnHeader(callback) || mentions(callback, 'CallUUID');
  const fields = callback.record;
  const hasCall = id(fields['CallUUID']) !== undefined && isStatus(fields['CallStatus']);
  return hasCall && hasOwnHeader(callback) && isPlivoCallStatus(fields) === true;
}

function hasOwnHeader(callback: IncomingCallback): boolean {
  return [V3.nonce, V2.nonce].some((name) => callback.header(name) !== undefined);
}

function whyNot(callback: IncomingCallback, advice: string): string | undefined {
  const { fields } = callback;
  if (!(hasOwnHeader(callback) && 'CallUUID' in fields)) return undefined;
  const other = isPlivoCallStatus(fields);
  return other === true ? `CallStatus is missing: ${advice}.` : other;
}

/** It is not documented which causes have which codes, nor in which zone a session begins. */
function normalize(fields: vobiz.Fields, { utcOffset }: vobiz.Options): NormalForm {
  const { HangupCause, StartTime } = fields;
  const form = plivoForm({ ...fields, SessionStart: undefined, HangupCauseCode: HangupCause }, utcOffset);
  return { ...form, status: undefined, startedAt: time(StartTime, utcOffset) };
}

const CALLBACK_RULES: OptionRules<vobiz.CallbackOptions & TokenOption> = {
  url: TEXT,
  token: TEXT,
  method: oneOf('POST', 'GET'),
};

function callbackParams(options: vobiz.CallbackOptions): vobiz.CallbackParams {
  checkOptions('vobiz.callbackParams()', options, CALLBACK_RULES);
  const { url, method = 'POST' } = options;
  return { hangup_url: url, hangup_method: method };
}
