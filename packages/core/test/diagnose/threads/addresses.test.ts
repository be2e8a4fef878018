// Reports in public issue trackers: another address was verified than the provider had called.
import { plivo, twilio } from '../../../src/index.ts';
import { arrivesAt, plainHttp, rewritten, says } from '../changes.ts';
import { certain, type Fault, NOTHING, testFaults } from '../fault.ts';

const PUBLIC = 'https://hooks.example.com';

const HOSTS: readonly Fault[] = [
  {
    title: 'twilio-node#753: a cloud function with the host of the project, which has no region',
    provider: twilio,
    called: { url: 'https://us-central1-my-project.example.net/inboundCall' },
    changes: [plainHttp, says({ 'x-forwarded-proto': 'https' })],
    publicUrl: 'https://my-project.example.net',
    found: certain('host'),
  },
  {
    title: 'twilio-node#1080: a proxy that connects by its own name for the server',
    provider: twilio,
    changes: [
      arrivesAt('http://app.internal:8080'),
      says({ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'hooks.example.com' }),
    ],
    found: certain('scheme', 'host'),
  },
  {
    title: 'twilio-python#751: a development server behind a tunnel, which names the address in Forwarded',
    provider: twilio,
    changes: [
      arrivesAt('http://127.0.0.1:5000'),
      says({ forwarded: 'for=192.0.2.7;host=hooks.example.com;proto=https' }),
    ],
    found: certain('scheme', 'host'),
  },
  {
    title: 'openclaw#11555: the address of a tunnel that is not the one called',
    provider: twilio,
    called: { url: 'https://custom-domain.example.net/voice/webhook' },
    publicUrl: 'https://big-stallion.example.org',
    found: certain('host'),
  },
];

const PORTS: readonly Fault[] = [
  {
    title: 'openclaw#6334: Twilio signs without the port that it called',
    provider: twilio,
    changes: [arrivesAt(`${PUBLIC}:8443`)],
    found: NOTHING,
  },
  {
    title: 'plivo-node#83: Plivo signs with the port, and the server does not see it',
    provider: plivo,
    fixture: 'hangup',
    called: { url: `${PUBLIC}:4433/examplepath` },
    changes: [arrivesAt(PUBLIC), says({ 'x-forwarded-port': '4433' })],
    found: certain('port'),
  },
];

const PATHS: readonly Fault[] = [
  {
    title: 'openclaw#112800: a proxy maps the public path to another, and publicUrl is the whole public URL',
    provider: twilio,
    called: { url: `${PUBLIC}/proxy/voice/webhook` },
    changes: [rewritten(() => '/voice/webhook')],
    publicUrl: `${PUBLIC}/proxy/voice/webhook`,
    found: certain('path_prefix'),
  },
  {
    title: 'openclaw#112800: publicUrl has only the origin, and the proxy names the prefix that it removed',
    provider: twilio,
    called: { url: `${PUBLIC}/proxy/voice/webhook?callId=5ca11` },
    changes: [rewritten((url) => url.replace('/proxy', '')), says({ 'x-forwarded-prefix': '/proxy' })],
    publicUrl: PUBLIC,
    found: certain('path_prefix'),
  },
  {
    title: 'plivo-node#338: the URL was called without the slash at its end',
    provider: plivo,
    fixture: 'hangup',
    called: { url: `${PUBLIC}/callback` },
    changes: [rewritten((url) => `${url}/`)],
    found: certain('trailing_slash'),
  },
  {
    title: 'plivo-ruby#116: the URL was called with a slash at its end',
    provider: plivo,
    fixture: 'hangup',
    called: { url: `${PUBLIC}/callback/` },
    changes: [rewritten((url) => url.slice(0, -1))],
    found: certain('trailing_slash'),
  },
];

testFaults('the host', HOSTS);
testFaults('the port', PORTS);
testFaults('the path', PATHS);
