// The bytes that came are not those that the provider had signed, or the time of the signature is over.
import { jambonz, retell, sinch, telnyx, voicedock, vonage } from '../../../src/index.ts';
import { bodyText, json, parsedJson, says, without } from '../changes.ts';
import { certain, type Fault, possible, testFaults } from '../fault.ts';

const MINUTE_MS = 60_000;

const REWRITTEN: readonly Fault[] = [
  {
    title: 'compact JSON was indented',
    provider: retell,
    fixture: 'ended',
    called: { encoding: 'json' },
    changes: [json((value) => JSON.stringify(value, null, 2))],
    found: certain('body_reserialized'),
  },
  {
    title: 'indented JSON was made compact',
    provider: voicedock,
    changes: [json()],
    found: certain('body_reserialized'),
  },
  {
    title: 'a parser took the body',
    provider: jambonz,
    changes: [parsedJson],
    found: certain('body_reserialized'),
  },
  {
    title: 'a parser took the body that a token has the hash of',
    provider: vonage,
    changes: [parsedJson],
    found: certain('body_reserialized'),
  },
  {
    title: 'a gateway ended the body with a newline',
    provider: vonage,
    changes: [bodyText((text) => `${text}\n`)],
    found: certain('body_reserialized'),
  },
  {
    title: 'another order of the names',
    provider: jambonz,
    changes: [json((value) => JSON.stringify(Object.fromEntries(Object.entries(value as object).toReversed())))],
    // The first order is lost.
    found: [...possible('body_reserialized'), ...possible('other_secret')],
  },
  {
    title: 'a parser took the body, and 0.0 became 0',
    provider: sinch,
    fixture: 'answered',
    changes: [parsedJson],
    found: possible('body_reserialized'),
  },
];

const CHARSETS: readonly Fault[] = [
  {
    title: 'UTF-8 was written as Latin-1',
    provider: jambonz,
    called: { fields: { caller_name: 'Zoë Example' } },
    changes: [bodyText((text) => text, 'latin1')],
    found: certain('charset'),
  },
  {
    title: 'UTF-8 was decoded as Latin-1',
    provider: telnyx,
    fixture: 'hangup',
    called: { body: '{"data":{"event_type":"call.hangup","payload":{"caller_id_name":"Zoë Example"}}}' },
    changes: [
      ({ body, ...request }) => ({ ...request, body: Buffer.from(Buffer.from(body ?? []).toString('latin1')) }),
    ],
    found: certain('charset'),
  },
  {
    title: 'a byte order mark was added',
    provider: retell,
    fixture: 'ended',
    changes: [bodyText((text) => `\uFEFF${text}`)],
    found: [...certain('charset'), ...certain('body_reserialized')],
  },
];

const TYPES: readonly Fault[] = [
  {
    title: 'JSON that says it is a form',
    provider: telnyx,
    fixture: 'hangup',
    changes: [says({ 'content-type': 'application/x-www-form-urlencoded' })],
    found: certain('json_as_form'),
  },
  {
    title: 'JSON that says it is text',
    provider: voicedock,
    changes: [says({ 'content-type': 'text/plain' })],
    found: certain('json_as_form'),
  },
];

const CLOCKS: readonly Fault[] = [
  {
    title: 'ten minutes late',
    provider: voicedock,
    changes: [without('user-agent')],
    lateMs: 10 * MINUTE_MS,
    found: certain('clock'),
  },
  { title: 'an hour late', provider: telnyx, fixture: 'hangup', lateMs: 60 * MINUTE_MS, found: certain('clock') },
  { title: 'six minutes early', provider: retell, fixture: 'ended', lateMs: -6 * MINUTE_MS, found: certain('clock') },
  { title: 'a day late', provider: vonage, lateMs: 1440 * MINUTE_MS, found: certain('clock') },
  {
    title: 'a time zone too early',
    provider: sinch,
    fixture: 'answered',
    lateMs: -120 * MINUTE_MS,
    found: certain('clock'),
  },
  { title: 'a replay of last year', provider: jambonz, lateMs: 525_600 * MINUTE_MS, found: certain('clock') },
];

testFaults('JSON', REWRITTEN);
testFaults('the charset', CHARSETS);
testFaults('the content type', TYPES);
testFaults('the clock', CLOCKS);
