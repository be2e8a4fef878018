// The secret is not the one that signed, or not quite.
import {
  bandwidth,
  exotel,
  infobip,
  jambonz,
  mycpaas,
  plivo,
  retell,
  signalwire,
  sinch,
  telnyx,
  twilio,
  vapi,
  voicedock,
  vonage,
} from '../../../src/index.ts';
import { certain, type Fault, rightSecretOf, testFaults } from '../fault.ts';

const FORMATS: readonly Fault[] = [
  {
    title: 'a newline after it',
    provider: twilio,
    secrets: (right) => [`${right}\n`],
    found: certain('secret_format'),
  },
  {
    title: 'spaces around it',
    provider: signalwire,
    secrets: (right) => [` ${right} `],
    found: certain('secret_format'),
  },
  {
    title: 'a carriage return of an .env file from Windows',
    provider: plivo,
    fixture: 'hangup',
    secrets: (right) => [`${right}\r`],
    found: certain('secret_format'),
  },
  {
    title: 'double quotes around it',
    provider: voicedock,
    secrets: (right) => [`"${right}"`],
    found: certain('secret_format'),
  },
  {
    title: 'single quotes around it',
    provider: vonage,
    secrets: (right) => [`'${right}'`],
    found: certain('secret_format'),
  },
  {
    title: 'quotes and a newline',
    provider: jambonz,
    secrets: (right) => [`"${right}"\n`],
    found: certain('secret_format'),
  },
  {
    title: 'a newline after a public key',
    provider: telnyx,
    fixture: 'hangup',
    secrets: (right) => [`${right}\n`],
    found: certain('secret_format'),
  },
  {
    title: 'quotes around key and secret',
    provider: sinch,
    fixture: 'answered',
    secrets: (right) => [`"${right}"`],
    found: certain('secret_format'),
  },
  {
    title: 'a newline after user and password',
    provider: bandwidth,
    fixture: 'hangup',
    secrets: (right) => [`${right}\n`],
    found: certain('secret_format'),
  },
  {
    title: 'quotes around a token in the URL',
    provider: mycpaas,
    secrets: (right) => [`"${right}"`],
    found: certain('secret_format'),
  },
  {
    title: 'a space before a token in the URL',
    provider: exotel,
    fixture: 'answered',
    secrets: (right) => [` ${right}`],
    found: certain('secret_format'),
  },
  {
    title: 'a tab after the secret of a header',
    provider: vapi,
    fixture: 'ended',
    secrets: (right) => [`${right}\t`],
    found: certain('secret_format'),
  },
  {
    title: 'the second of three has quotes',
    provider: retell,
    fixture: 'ended',
    secrets: (right) => ['another-secret-1', `"${right}"`, 'another-secret-2'],
    found: certain('secret_format'),
  },
];

/** Mistaken for the secret of another route. */
const OTHERS: readonly Fault[] = [
  {
    title: 'the secret of Plivo was given to Twilio',
    provider: twilio,
    secrets: () => [rightSecretOf(plivo)],
    others: [plivo, twilio],
    found: certain('other_secret'),
  },
  {
    title: 'the key of another tenant',
    provider: signalwire,
    secrets: () => ['key-of-another-tenant'],
    others: [voicedock, signalwire],
    found: certain('other_secret'),
  },
  {
    title: 'two secrets were swapped',
    provider: retell,
    fixture: 'ended',
    secrets: () => [rightSecretOf(jambonz)],
    others: [jambonz, retell],
    found: certain('other_secret'),
  },
  {
    title: 'the credentials of another account',
    provider: infobip,
    fixture: 'finished',
    secrets: () => ['callback-user:another-password'],
    others: [infobip],
    found: certain('other_secret'),
  },
  {
    title: 'the token of another route',
    provider: mycpaas,
    secrets: () => [rightSecretOf(exotel)],
    others: [exotel, mycpaas],
    found: certain('other_secret'),
  },
  {
    title: 'the public key of another account',
    provider: telnyx,
    fixture: 'hangup',
    secrets: () => ['MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lA=='],
    others: [telnyx],
    found: certain('other_secret'),
  },
];

testFaults('the form of the secret', FORMATS);
testFaults('another secret', OTHERS);
