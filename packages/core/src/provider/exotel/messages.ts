import type { FieldTree } from '../../decode/fields.ts';
import type { IncomingCallback } from '../incoming-callback.ts';
import { mentions } from '../mentions.ts';
import { hasValue, id, isStatus, word } from '../values.ts';
import { EXOTEL_CALL_ID } from './calls.ts';
import { isPassthru } from './passthru.ts';

/** Fields of Exotel's other messages, which have no `Status`: Passthru (whose answer controls the call) and softphone events. */
const OTHER_WITHOUT_STATUS = ['CallFrom', 'CallTo', 'CallType', 'DialCallStatus', 'CallState'] as const;

/**
 * Whether a message of Exotel is a call status callback; if not, what it is.
 *
 * @param takesPassthru whether a Passthru is one
 */
export function isExotelCallStatus(fields: FieldTree, takesPassthru = false): true | string {
  // An agent popup, often sent to the same URL: its `busy` means that the agent is being called.
  if (word(fields['EventType']) === 'dial' || word(fields['Status']) === 'free') return 'It is a popup for agents.';
  if (hasValue(fields['SmsSid'])) return 'It has SmsSid: it is a text message.';
  if ('Status' in fields || (takesPassthru && isPassthru(fields))) return true;
  const marker = OTHER_WITHOUT_STATUS.find((name) => hasValue(fields[name]));
  return marker === undefined || `It has ${marker} and no Status: it is of Passthru or of the softphone.`;
}

/** Whether a request looks like a callback of Exotel. */
export function isExotelCallback(callback: IncomingCallback, named = false, takesPassthru = false): boolean {
  const fields = callback.record;
  // With this header, the Connect applet asks whom to call.
  const isOfConnect = callback.header('exotel-version') !== undefined && isPassthru(fields);
  if (isOfConnect) return false;
  if (named) return mentions(callback, 'CallSid');
  if (!EXOTEL_CALL_ID.test(id(fields['CallSid']) ?? '')) return false;
  if (isPassthru(fields)) return takesPassthru;
  const hasStatus = !('CallStatus' in fields) && isStatus(fields['Status']) && callback.request.method === 'POST';
  return hasStatus && isExotelCallStatus(fields) === true;
}

/** Why a request is not taken although it resembles one. */
export function whyNotExotel({ fields }: IncomingCallback, advice: string): string | undefined {
  if (isPassthru(fields)) return 'It is of an applet: only Passthru is taken, with the option passthru.';
  if (!('CallSid' in fields && 'Status' in fields) || 'CallStatus' in fields) return undefined;
  const other = isExotelCallStatus(fields);
  return other === true ? `CallSid is not 32 hexadecimal digits: ${advice}.` : other;
}
