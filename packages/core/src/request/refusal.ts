import type { CallbackRequest } from '../callback-request.ts';
import type { CallStatusError } from '../errors.ts';
import type { NewRefusal } from '../inbox/refusals.ts';
import { networkOf } from '../text/network-of.ts';
import { printable } from '../text/printable.ts';
import { keptUrl, loggableWord } from '../text/redact.ts';

const MOST_HEADERS = 100;
const LONGEST_TEXT = 200;

/** What is kept of every rejected request: no value of its query, no phone number, and no whole address. */
export type RefusedHead = Omit<NewRefusal, 'hint' | 'count' | 'firstAt' | 'lastAt' | 'request'>;

export function refusedHead(request: CallbackRequest, { code, status = 503, details }: CallStatusError): RefusedHead {
  const { url, headers, body, clientAddress } = request;
  const header = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'string' ? value.slice(0, LONGEST_TEXT) : undefined;
  };
  return defined({
    provider: details.provider,
    code,
    httpStatus: status,
    url: keptUrl(url),
    headerNames: Object.keys(headers)
      .slice(0, MOST_HEADERS)
      .map((name) => loggableWord(name.slice(0, LONGEST_TEXT))),
    contentType: whenGiven(header('content-type'), printable),
    bytes: body?.length ?? whenGiven(header('content-length'), lengthOf),
    caller: whenGiven(clientAddress, networkOf),
    requestId: whenGiven(header('x-request-id'), loggableWord),
  });
}

/** Why it was rejected, if more is known than what its code says. */
export function hintOf({ details: { reason, issues, hint } }: CallStatusError): string | undefined {
  if (reason === undefined && issues === undefined) return hint;
  return [reason, ...(issues ?? []), hint].filter((part) => part !== undefined).join(' ');
}

function lengthOf(header: string): number | undefined {
  return /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}

function whenGiven<Given, Result>(given: Given | undefined, then: (given: Given) => Result): Result | undefined {
  return given === undefined ? undefined : then(given);
}

/** Without the keys whose value is `undefined`. */
function defined<Given extends object>(given: Given): { [Key in keyof Given]: Exclude<Given[Key], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
}
