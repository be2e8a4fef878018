// Reports in public issue trackers: the body was not what the provider had signed.
import { jambonz, retell, telnyx, twilio } from '../../../src/index.ts';
import { bodyText, json, parsedAs, parsedForm, parsedJson, plainHttp, says } from '../changes.ts';
import { certain, type Fault, NOTHING, possible, testFaults } from '../fault.ts';

/** Fields of a group conversation, whose members have one name. */
const MEMBERS = 'CallSid=CA5ca11000000000000000000000000001&CallStatus=completed&Member=member-b&Member=member-a';

const REPEATED: readonly Fault[] = [
  {
    title: 'twilio-node#722: repeated names came in another order',
    provider: twilio,
    called: { body: MEMBERS },
    changes: [bodyText((text) => text.replace('Member=member-b&Member=member-a', 'Member=member-a&Member=member-b'))],
    found: NOTHING,
  },
  {
    title: 'twilio-python#613: a repeated name with one of its values twice',
    provider: twilio,
    called: { body: `${MEMBERS}&Member=member-b` },
    found: NOTHING,
  },
  {
    title: 'twilio-python#613: a repeated name, which a parser turned into a list',
    provider: twilio,
    called: { body: MEMBERS },
    changes: [
      parsedAs((text) => ({
        ...Object.fromEntries(new URLSearchParams(text)),
        Member: new URLSearchParams(text).getAll('Member'),
      })),
    ],
    found: NOTHING,
  },
  {
    title: 'twilio-ruby#616: a parser kept one value of a repeated name',
    provider: twilio,
    called: { body: MEMBERS },
    changes: [parsedForm],
    // The other value is lost, so nothing can prove it.
    found: [...possible('repeated_field'), ...possible('body_reserialized')],
  },
];

const JSON_BODIES: readonly Fault[] = [
  {
    title: 'twilio-node#657: the JSON that is signed by its hash came as an object',
    provider: twilio,
    called: { encoding: 'json' },
    changes: [parsedJson],
    found: certain('body_reserialized'),
  },
  {
    title: 'nestjs-twilio#81: an object instead of the JSON, behind a proxy that ends TLS',
    provider: twilio,
    called: { encoding: 'json' },
    changes: [plainHttp, says({ 'x-forwarded-proto': 'https' }), parsedJson],
    found: certain('scheme', 'body_reserialized'),
  },
];

const BYTES: readonly Fault[] = [
  {
    title: 'telnyx-node#81: indented JSON came as an object',
    provider: telnyx,
    fixture: 'hangup',
    called: {
      body: JSON.stringify({ data: { event_type: 'call.hangup', id: 'hidden' }, meta: { attempt: 1 } }, null, 2),
    },
    changes: [parsedJson],
    found: certain('body_reserialized'),
  },
  {
    title: 'telnyx-php#96: the form of a TeXML callback was taken for JSON',
    provider: telnyx,
    fixture: 'texml-completed',
    changes: [says({ 'content-type': 'application/json' })],
    found: certain('json_as_form'),
  },
  {
    title: 'octokit/webhooks.js#71: escapes in the JSON were written in another way',
    provider: jambonz,
    called: { body: String.raw`{"call_sid":"5ca11000","call_status":"completed","tag":"\u001B[34mbar: \u2665\u2665"}` },
    changes: [json()],
    // Nothing tells which characters were escaped, and in which case.
    found: [...certain('body_reserialized'), ...possible('body_reserialized')],
  },
  {
    title: 'octokit/webhooks.js#1155: an emoji in the JSON was decoded as another charset',
    provider: retell,
    fixture: 'ended',
    called: {
      body: '{"event":"call_ended","call":{"call_id":"5ca11000","disconnection_reason":"user_hangup \u{1F60A}"}}',
    },
    changes: [
      ({ body, ...request }) => ({ ...request, body: Buffer.from(Buffer.from(body ?? []).toString('latin1')) }),
    ],
    found: certain('charset'),
  },
];

testFaults('repeated fields', REPEATED);
testFaults('an object or a text', JSON_BODIES);
testFaults('signed bytes', BYTES);
