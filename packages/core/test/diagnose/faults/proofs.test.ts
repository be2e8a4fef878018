// A secret or a proof that is right, but written in another way.

import type { CallbackRequest } from '../../../src/callback-request.ts';
import { bandwidth, signalwire, telnyx, twilio, vapi, voicedock } from '../../../src/index.ts';
import { rewritten, says } from '../changes.ts';
import { type Change, certain, type Fault, NOTHING, testFaults } from '../fault.ts';

/** Something changes a header. */
function header(name: string, change: (value: string) => string | readonly string[]): Change {
  return (request: CallbackRequest) => ({
    ...request,
    headers: { ...request.headers, [name]: change(String(request.headers[name])) },
  });
}

const SECRETS: readonly Fault[] = [
  {
    title: 'the name of the variable before it',
    provider: twilio,
    secrets: (right) => [`TWILIO_AUTH_TOKEN=${right}`],
    found: certain('secret_format'),
  },
  {
    title: 'the name of a scheme before it',
    provider: voicedock,
    secrets: (right) => [`Bearer ${right}`],
    found: certain('secret_format'),
  },
  {
    title: 'white space beside the colon',
    provider: bandwidth,
    fixture: 'hangup',
    secrets: (right) => [right.replace(':', ' : ')],
    found: certain('secret_format'),
  },
  {
    title: 'escaped as in a URL',
    provider: bandwidth,
    fixture: 'hangup',
    secrets: (right) => [right.replace(':', '%3A')],
    found: certain('secret_format'),
  },
  {
    title: 'quotes around a secret with something like an escape',
    provider: voicedock,
    called: { secret: 'half-an-escape-%E0' },
    secrets: () => ['"half-an-escape-%E0"'],
    found: certain('secret_format'),
  },
  {
    title: 'a public key in hex',
    provider: telnyx,
    fixture: 'hangup',
    secrets: (right) => [Buffer.from(right, 'base64').toString('hex')],
    found: certain('secret_format'),
  },
  {
    title: 'a public key without its padding',
    provider: telnyx,
    fixture: 'hangup',
    secrets: (right) => [right.replace(/=+$/, '')],
    found: certain('secret_format'),
  },
  {
    title: 'a newline at the provider',
    provider: signalwire,
    called: { secret: 'signed-with-newline\n' },
    secrets: () => ['signed-with-newline'],
    found: certain('secret_format'),
  },
];

const PROOFS: readonly Fault[] = [
  {
    title: 'the header twice, and the second one is right',
    provider: signalwire,
    changes: [header('x-signalwire-signature', (value) => ['AAAAAAAAAAAAAAAAAAAAAAAAAAA=', value])],
    found: certain('signature_format'),
  },
  {
    title: 'hex in upper case',
    provider: voicedock,
    changes: [header('x-webhook-signature', (value) => value.replace(/[0-9a-f]{64}/, (hex) => hex.toUpperCase()))],
    found: certain('signature_format'),
  },
  {
    title: 'quotes around the signature, and a header of the application that cannot be decoded',
    provider: twilio,
    changes: [header('x-twilio-signature', (value) => `"${value}"`), says({ 'x-auth-note': '%E0' })],
    found: certain('signature_format'),
  },
  {
    title: 'without the scheme of its credentials',
    provider: bandwidth,
    fixture: 'hangup',
    changes: [header('authorization', (value) => value.replace('Basic ', ''))],
    found: certain('signature_format'),
  },
  {
    title: 'white space in the user name and the password',
    provider: bandwidth,
    fixture: 'hangup',
    changes: [
      header('authorization', (value) => {
        const given = Buffer.from(value.replace('Basic ', ''), 'base64').toString();
        return `Basic ${Buffer.from(`${given} `.replace(':', ' :')).toString('base64')}`;
      }),
    ],
    found: certain('signature_format'),
  },
  {
    title: 'a credential that may leave out Bearer',
    provider: vapi,
    fixture: 'ended',
    changes: [header('authorization', (value) => value.replace('Bearer ', ''))],
    found: NOTHING,
  },
];

const FRAGMENTS: readonly Fault[] = [
  {
    title: 'a publicUrl with the fragment that is signed',
    provider: twilio,
    called: { url: 'https://hooks.example.com/webhooks/twilio#calls' },
    changes: [rewritten((url) => url.replace('#calls', ''))],
    publicUrl: 'https://hooks.example.com#calls',
    found: NOTHING,
  },
  {
    title: 'a host without www',
    provider: twilio,
    publicUrl: 'https://www.hooks.example.com',
    changes: [says({ host: 'internal' }), (request) => ({ ...request, origin: 'https://internal' })],
    found: certain('host'),
  },
  {
    title: 'a host with www',
    provider: twilio,
    called: { url: 'https://www.example.com/webhooks/twilio' },
    publicUrl: 'https://example.com',
    changes: [says({ host: 'internal' }), (request) => ({ ...request, origin: 'https://internal' })],
    found: certain('host'),
  },
];

testFaults('the secret', SECRETS);
testFaults('the proof', PROOFS);
testFaults('the URL', FRAGMENTS);
