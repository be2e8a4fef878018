// The address that is verified is not the one that the provider called.
import { plivo, signalwire, twilio } from '../../../src/index.ts';
import { arrivesAt, plainHttp, rewritten, says } from '../changes.ts';
import { certain, type Fault, NOTHING, testFaults } from '../fault.ts';

const PUBLIC = 'https://hooks.example.com';

const SCHEMES: readonly Fault[] = [
  {
    title: 'X-Forwarded-Proto',
    provider: signalwire,
    changes: [plainHttp, says({ 'x-forwarded-proto': 'https' })],
    found: certain('scheme'),
  },
  {
    title: 'X-Forwarded-Proto of two proxies',
    provider: twilio,
    changes: [plainHttp, says({ 'x-forwarded-proto': 'https,http' })],
    found: certain('scheme'),
  },
  {
    title: 'Forwarded',
    provider: plivo,
    fixture: 'hangup',
    changes: [plainHttp, says({ forwarded: 'for="[2001:db8::17]";proto=https' })],
    found: certain('scheme'),
  },
  {
    title: 'X-Forwarded-Ssl',
    provider: signalwire,
    changes: [plainHttp, says({ 'x-forwarded-ssl': 'on' })],
    found: certain('scheme'),
  },
  {
    title: 'a proxy that names nothing',
    provider: twilio,
    changes: [plainHttp],
    found: certain('scheme'),
  },
  {
    title: 'publicUrl with http',
    provider: twilio,
    publicUrl: 'http://hooks.example.com',
    found: certain('scheme'),
  },
  {
    title: 'https where the provider calls http',
    provider: plivo,
    fixture: 'hangup',
    called: { url: 'http://hooks.example.com/webhooks/plivo' },
    publicUrl: PUBLIC,
    found: certain('scheme'),
  },
];

const HOSTS: readonly Fault[] = [
  {
    title: 'X-Forwarded-Host',
    provider: plivo,
    fixture: 'hangup',
    changes: [arrivesAt('https://plivo-app.internal'), says({ 'x-forwarded-host': 'hooks.example.com' })],
    found: certain('host'),
  },
  {
    title: 'Forwarded',
    provider: signalwire,
    changes: [arrivesAt('https://10.0.0.8'), says({ forwarded: 'for=192.0.2.43;host="hooks.example.com"' })],
    found: certain('host'),
  },
  {
    title: 'publicUrl of a former tunnel',
    provider: twilio,
    publicUrl: 'https://former-tunnel.example.org',
    found: certain('host'),
  },
];

const PORTS: readonly Fault[] = [
  {
    title: 'publicUrl without the port',
    provider: plivo,
    fixture: 'hangup',
    called: { url: `${PUBLIC}:8443/webhooks/plivo` },
    publicUrl: PUBLIC,
    found: certain('port'),
  },
  {
    title: 'a proxy that calls the same host without the port',
    provider: signalwire,
    called: { url: `${PUBLIC}:8443/webhooks/signalwire` },
    changes: [arrivesAt(PUBLIC), says({ 'x-forwarded-port': '8443' })],
    found: certain('port'),
  },
  {
    title: 'publicUrl with another port',
    provider: twilio,
    called: { url: `${PUBLIC}:8443/webhooks/twilio` },
    publicUrl: `${PUBLIC}:9443`,
    found: certain('port'),
  },
  {
    title: 'publicUrl with the default port',
    provider: twilio,
    publicUrl: `${PUBLIC}:443`,
    found: NOTHING,
  },
];

const PREFIXES: readonly Fault[] = [
  {
    title: 'X-Forwarded-Prefix',
    provider: twilio,
    called: { url: `${PUBLIC}/telephony/webhooks/twilio` },
    changes: [rewritten((url) => url.replace('/telephony', '')), says({ 'x-forwarded-prefix': '/telephony' })],
    found: certain('path_prefix'),
  },
  {
    title: 'X-Original-URI',
    provider: signalwire,
    called: { url: `${PUBLIC}/v1/calls/webhooks/signalwire?tenant=acme-7` },
    changes: [
      rewritten((url) => url.replace('/v1/calls', '')),
      says({ 'x-original-uri': '/v1/calls/webhooks/signalwire?tenant=acme-7' }),
    ],
    found: certain('path_prefix'),
  },
  {
    title: 'X-Original-URL, and publicUrl with another prefix',
    provider: plivo,
    fixture: 'hangup',
    called: { url: `${PUBLIC}/v2/webhooks/plivo` },
    changes: [rewritten((url) => url.replace('/v2', '')), says({ 'x-original-url': '/v2/webhooks/plivo' })],
    publicUrl: `${PUBLIC}/v1`,
    found: certain('path_prefix'),
  },
  {
    title: 'publicUrl with a prefix that the provider does not call',
    provider: twilio,
    publicUrl: `${PUBLIC}/telephony`,
    found: certain('path_prefix'),
  },
];

const SLASHES: readonly Fault[] = [
  {
    title: 'added at the end',
    provider: signalwire,
    changes: [rewritten((url) => `${url}/`)],
    found: certain('trailing_slash'),
  },
  {
    title: 'removed before a query',
    provider: twilio,
    called: { url: `${PUBLIC}/webhooks/twilio/?tenant=acme-7` },
    changes: [rewritten((url) => url.replace('/?', '?'))],
    found: certain('trailing_slash'),
  },
];

testFaults('the scheme', SCHEMES);
testFaults('the host', HOSTS);
testFaults('the port', PORTS);
testFaults('the path', PREFIXES);
testFaults('the slash', SLASHES);
