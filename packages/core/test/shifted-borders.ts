import { formOf, ORIGIN, type Sent } from './message-of.ts';
import { accepted, signedWith } from './signed-text.ts';

/** The ways to take a text for a URL and a form: the URL ends anywhere; the fields begin at any of the words. */
function* cuts(
  text: string,
): Generator<{ readonly url: string; readonly fields: readonly (readonly [string, string])[] }> {
  const statuses = ['completed', 'ringing', 'busy', 'in-progress', 'no-answer', 'in', 'no', ''];
  for (const end of endsIn(text)) {
    const rest = text.slice(end);
    const url = text.slice(ORIGIN.length, end);
    for (const { index: start } of rest.matchAll(/CallSid/g)) {
      const second = rest.indexOf('CallStatus', start);
      if (second < 0) continue;
      const id = rest.slice(start + 'CallSid'.length, second);
      for (const word of [...statuses, rest.slice(second + 'CallStatus'.length)]) {
        const behind = rest.slice(second + 'CallStatus'.length);
        if (!behind.startsWith(word)) continue;
        const after = behind.slice(word.length);
        for (const before of befores(rest.slice(0, start))) {
          const fields = [...before, ['CallSid', id], ['CallStatus', word]] as (readonly [string, string])[];
          if (after !== '') fields.push([after.slice(0, 1), after.slice(1)]);
          yield { url, fields };
        }
      }
    }
  }
}

/** Where a URL may end: beside everything that begins a name or a value. */
function endsIn(text: string): readonly number[] {
  const borders = Array.from(text.matchAll(/(?<![A-Z])[A-Z]|[=&?{]|(?<=[A-Za-z])[\d+]/g), ({ index }) => index);
  return [...new Set(borders.flatMap((at) => [at, at + 1]))].filter((at) => at > ORIGIN.length);
}

/** Ways to take what is before the first name for fields: as known ones, or as one of any name. */
function* befores(text: string): Generator<readonly (readonly [string, string])[]> {
  if (text === '') {
    yield [];
    return;
  }
  for (const at of [1, 4, 10]) yield [[text.slice(0, at), text.slice(at)]];
  const account = /^(AccountSid)(AC[0-9a-f]{32}|[0-9a-f-]{36})(?=.)/.exec(text);
  if (account !== null) {
    const [whole, name = '', value = ''] = account;
    const rest = text.slice(whole.length);
    for (const at of [1, 4, 6, 10])
      yield [
        [name, value],
        [rest.slice(0, at), rest.slice(at)],
      ];
  }
  const known = [...text.matchAll(FIELDS)];
  if (known.map(([all]) => all).join('') === text) yield known.map(([, name = '', value = '']) => [name, value]);
}

const NAMES = 'AccountSid|AddOns|AnsweredBy|ApiVersion|AudioInMos|BranchId|CallDuration|CallReason';
const FIELDS = new RegExp(`(${NAMES})(.*?)(?=${NAMES}|$)`, 'gs');

/** Everything that an attacker who knows one signed text can send with its signature. */
function* forgeries(text: string): Generator<Sent> {
  for (const { url, fields } of cuts(text)) {
    const names = fields.map(([name]) => name);
    // In another order the text would be another one.
    if (names.some((name, at) => name < (names[at - 1] ?? ''))) continue;
    const body = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])).toString();
    yield { ...formOf({}, url, signedWith(text)), body };
    yield {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', ...signedWith(text) },
      body: JSON.stringify(Object.fromEntries(fields)),
    };
  }
  const whole = text.slice(ORIGIN.length);
  yield { method: 'GET', url: whole, headers: signedWith(text) };
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at + 1)) {
    const headers = { 'content-type': 'application/json', ...signedWith(text, 'hex') };
    yield { method: 'POST', url: text.slice(ORIGIN.length, at), headers, body: text.slice(at) };
  }
}

/** The calls and statuses that an attacker who knows one signed text can report with its signature. */
export function victims(text: string): readonly string[] {
  const found = new Set<string>();
  for (const sent of forgeries(text)) {
    const call = accepted(sent);
    if (call !== undefined) found.add(call);
  }
  return [...found];
}
