import type { FieldTree } from '../../decode/fields.ts';
import { hasValue, word } from '../values.ts';
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
