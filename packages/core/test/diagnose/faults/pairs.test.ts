// Two causes at once: one of the two fixes is not enough.
import { jambonz, plivo, retell, signalwire, telnyx, twilio, voicedock, vonage } from '../../../src/index.ts';
import { arrivesAt, bodyText, field, json, parsedJson, plainHttp, rewritten, says } from '../changes.ts';
import { certain, type Fault, testFaults } from '../fault.ts';

const PUBLIC = 'https://hooks.example.com';
const CALL = 'CallSid=CA5ca11000000000000000000000000001&CallStatus=completed';
const tls = says({ 'x-forwarded-proto': 'https' });

const ADDRESSES: readonly Fault[] = [
  {
    title: 'a proxy ends TLS and removes a prefix',
    provider: twilio,
    called: { url: `${PUBLIC}/telephony/webhooks/twilio` },
    changes: [
      plainHttp,
      tls,
      rewritten((url) => url.replace('/telephony', '')),
      says({ 'x-forwarded-prefix': '/telephony' }),
    ],
    found: certain('scheme', 'path_prefix'),
  },
  {
    title: 'a proxy ends TLS and connects by an address',
    provider: signalwire,
    changes: [
      arrivesAt('http://10.0.0.8:3000'),
      says({ 'x-forwarded-ssl': 'on', 'x-forwarded-host': 'hooks.example.com' }),
    ],
    found: certain('scheme', 'host'),
  },
  {
    title: 'a proxy ends TLS at another port',
    provider: plivo,
    fixture: 'hangup',
    called: { url: `${PUBLIC}:8443/webhooks/plivo` },
    changes: [plainHttp, arrivesAt('http://hooks.example.com'), tls, says({ 'x-forwarded-port': '8443' })],
    found: certain('scheme', 'port'),
  },
  {
    title: 'publicUrl of a former tunnel, and a slash at the end',
    provider: signalwire,
    changes: [rewritten((url) => `${url}/`)],
    publicUrl: 'https://former-tunnel.example.org',
    found: certain('host', 'trailing_slash'),
  },
  {
    title: 'a prefix was removed, and a slash added',
    provider: twilio,
    called: { url: `${PUBLIC}/telephony/webhooks/twilio` },
    changes: [rewritten((url) => `${url.replace('/telephony', '')}/`), says({ 'x-forwarded-prefix': '/telephony' })],
    found: certain('path_prefix', 'trailing_slash'),
  },
  {
    title: 'a proxy ends TLS and escapes a colon',
    provider: signalwire,
    called: { url: `${PUBLIC}/webhooks/signalwire?leg=sip:agent7` },
    changes: [plainHttp, tls, rewritten((url) => url.replace(':', '%3A'))],
    found: certain('scheme', 'query'),
  },
];

const ADDRESS_AND_BODY: readonly Fault[] = [
  {
    title: 'a proxy ends TLS, and a parser takes JSON',
    provider: twilio,
    fixture: 'ringing',
    called: { encoding: 'json' },
    changes: [plainHttp, tls, parsedJson],
    found: certain('scheme', 'body_reserialized'),
  },
  {
    title: 'a proxy ends TLS and decodes the plus of a number twice',
    provider: signalwire,
    changes: [plainHttp, tls, bodyText((text) => text.replaceAll('%2B', '+'))],
    found: certain('scheme', 'charset'),
  },
  {
    title: 'a proxy ends TLS, and a sanitizer trims a value',
    provider: twilio,
    called: { fields: { CallerName: 'Jane Example ' } },
    changes: [plainHttp, tls, field('CallerName', (value) => value.trim())],
    found: certain('scheme', 'value_trimmed'),
  },
  {
    title: 'a proxy ends TLS, and a gateway joins repeated names',
    provider: twilio,
    called: { body: `${CALL}&Tag=first-tag&Tag=second-tag` },
    changes: [plainHttp, tls, bodyText((text) => text.replace('first-tag&Tag=second-tag', 'first-tag%2Csecond-tag'))],
    found: certain('scheme', 'repeated_field'),
  },
];

const WITH_SECRET: readonly Fault[] = [
  {
    title: 'quotes around the secret, and a proxy ends TLS',
    provider: plivo,
    fixture: 'hangup',
    changes: [plainHttp, tls],
    secrets: (right) => [`"${right}"`],
    found: certain('secret_format', 'scheme'),
  },
  {
    title: 'the secret of another route, and a proxy ends TLS',
    provider: twilio,
    changes: [plainHttp, tls],
    secrets: () => ['token-of-another-account'],
    others: [twilio],
    found: certain('other_secret', 'scheme'),
  },
  {
    title: 'a newline after the secret, and indented JSON',
    provider: retell,
    fixture: 'ended',
    called: { encoding: 'json' },
    changes: [json((value) => JSON.stringify(value, null, 2))],
    secrets: (right) => [`${right}\n`],
    found: certain('secret_format', 'body_reserialized'),
  },
  {
    title: 'a newline after a public key, and another charset',
    provider: telnyx,
    fixture: 'hangup',
    called: { body: '{"data":{"event_type":"call.hangup","payload":{"caller_id_name":"Zoë Example"}}}' },
    changes: [bodyText((text) => text, 'latin1')],
    secrets: (right) => [`${right}\n`],
    found: certain('secret_format', 'charset'),
  },
  {
    title: 'quotes around the secret, and ten minutes late',
    provider: voicedock,
    secrets: (right) => [`"${right}"`],
    lateMs: 600_000,
    found: certain('secret_format', 'clock'),
  },
];

const WITH_CLOCK: readonly Fault[] = [
  {
    title: 'a parser takes the body, and ten minutes late',
    provider: jambonz,
    changes: [parsedJson],
    lateMs: 600_000,
    found: certain('body_reserialized', 'clock'),
  },
  {
    title: 'a newline after the body, and a day late',
    provider: vonage,
    changes: [bodyText((text) => `${text}\n`)],
    lateMs: 86_400_000,
    found: certain('body_reserialized', 'clock'),
  },
];

testFaults('the address', ADDRESSES);
testFaults('address and body', ADDRESS_AND_BODY);
testFaults('the secret', WITH_SECRET);
testFaults('the clock', WITH_CLOCK);
