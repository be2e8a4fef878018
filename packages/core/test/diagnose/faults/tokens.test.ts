// A token in the URL that is not where it belongs, or not as it was given.
import { exotel, mycpaas, signalwire } from '../../../src/index.ts';
import { plainHttp, rewritten, says } from '../changes.ts';
import { certain, type Fault, rightSecretOf, testFaults } from '../fault.ts';

const withoutQuery = rewritten((url) => url.replace(/\?.*/, ''));

const MISPLACED: readonly Fault[] = [
  {
    title: 'in another parameter',
    provider: mycpaas,
    changes: [rewritten((url) => url.replace('token=', 'key='))],
    found: certain('query'),
  },
  {
    title: 'in a header',
    provider: exotel,
    fixture: 'answered',
    changes: [withoutQuery, says({ authorization: `Bearer ${rightSecretOf(exotel)}` })],
    found: certain('query'),
  },
  {
    title: 'in a header of another name',
    provider: mycpaas,
    changes: [withoutQuery, says({ 'x-acme-key': rightSecretOf(mycpaas) })],
    found: certain('query'),
  },
  {
    title: 'in the path',
    provider: mycpaas,
    changes: [rewritten((url) => url.replace('?token=', '/'))],
    found: certain('query'),
  },
];

const CHANGED: readonly Fault[] = [
  {
    title: 'with a + that is read as a space',
    provider: mycpaas,
    called: { token: 'token+with+plus' },
    secrets: () => ['token+with+plus'],
    changes: [rewritten((url) => url.replaceAll('%2B', '+'))],
    found: certain('query'),
  },
  {
    title: 'with quotes around it',
    provider: exotel,
    fixture: 'answered',
    changes: [rewritten((url) => url.replace(/token=([^&]*)/, 'token=%22$1%22'))],
    found: certain('query'),
  },
  {
    title: 'twice',
    provider: mycpaas,
    changes: [rewritten((url) => url.replace(/(token=[^&]*)/, '$1&$1'))],
    found: certain('query'),
  },
  {
    title: 'with a slash at its end, beside a parameter that is empty and one that cannot be decoded',
    provider: mycpaas,
    changes: [rewritten((url) => `${url.replace(/(token=[^&]*)/, '$1/')}&empty=&half=%E0`)],
    found: certain('query'),
  },
];

/** An environment file whose quotes are kept. */
const QUOTED: readonly Fault[] = [
  {
    title: 'with quotes, as the secret has them',
    provider: signalwire,
    called: { token: 'token-of-the-url' },
    secrets: (right) => [`"${right}"`],
    tokens: ['"token-of-the-url"'],
    found: certain('secret_format'),
  },
  {
    title: 'with a newline, and quotes around one of the secrets, and a proxy ends TLS',
    provider: signalwire,
    called: { token: 'token-of-the-url' },
    changes: [plainHttp, says({ 'x-forwarded-proto': 'https' })],
    secrets: (right) => ['secret-of-last-year', `'${right}'`],
    tokens: ['token-of-the-url\n', '""'],
    found: certain('secret_format', 'scheme'),
  },
];

const EXCHANGED: readonly Fault[] = [
  {
    title: 'signed with the token',
    provider: signalwire,
    called: { secret: 'token-of-the-url', token: 'token-of-the-url' },
    tokens: ['token-of-the-url'],
    found: certain('other_secret'),
  },
  {
    title: 'called with the secret',
    provider: signalwire,
    called: { token: rightSecretOf(signalwire) },
    tokens: ['token-of-the-url'],
    found: certain('other_secret'),
  },
  {
    title: 'quotes around the token, which is required besides the signature',
    provider: signalwire,
    called: { token: 'token-of-the-url' },
    tokens: ['"token-of-the-url"'],
    found: certain('secret_format'),
  },
];

testFaults('in another place', MISPLACED);
testFaults('in another form', CHANGED);
testFaults('with what is around the secret', QUOTED);
testFaults('in place of the secret', EXCHANGED);
