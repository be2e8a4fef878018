// Reports in public issue trackers: the URL was written anew, in another encoding than it was signed.
import nodeUrl from 'node:url';
import { twilio } from '../../../src/index.ts';
import { plainHttp, rewritten, says } from '../changes.ts';
import { certain, type Fault, NOTHING, testFaults } from '../fault.ts';

const HOOK = 'https://hooks.example.com/api/calls';

/** Node's old function takes the whole request target for a path, so it escapes the question mark. */
const asPathname = rewritten((url) => nodeUrl.format({ pathname: url }));

/** The URL standard escapes the apostrophe in a query. */
const asStandardUrl = rewritten((url) => {
  const { pathname, search } = new URL(url, HOOK);
  return pathname + search;
});

/** What a strict encoder makes of a query: nothing but letters, digits and `-._~` unescaped. */
const strictly = rewritten((url) => {
  const [path = '', query = ''] = url.split('?');
  const strict = (text: string): string =>
    encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${path}?${[...new URLSearchParams(query)].map((pair) => pair.map(strict).join('=')).join('&')}`;
});

const FAULTS: readonly Fault[] = [
  {
    title: 'twilio-node#145: the question mark was escaped',
    provider: twilio,
    called: { url: `${HOOK}?foo=1` },
    changes: [asPathname],
    found: certain('query'),
  },
  {
    title: 'twilio-node#194: the question mark was escaped, before two parameters',
    provider: twilio,
    called: { url: `${HOOK}?tenant=acme-7&leg=first` },
    changes: [asPathname],
    found: certain('query'),
  },
  {
    title: 'twilio-node#306: the question mark of a GET was escaped',
    provider: twilio,
    fixture: 'completed-get',
    called: { url: HOOK },
    changes: [asPathname],
    found: certain('query'),
  },
  {
    title: 'twilio-node#621: @ and : of a SIP address were signed as they are, and sent escaped',
    provider: twilio,
    called: { url: `${HOOK}?caller=sip:agent7@192.0.2.171&leg=first` },
    changes: [strictly],
    found: certain('query'),
  },
  {
    title: 'twilio-node#1061: the apostrophe of a town was signed as it is, and escaped by a URL parser',
    provider: twilio,
    called: { url: `${HOOK}?FromCity=Trezzo%20Sull'Adda` },
    changes: [asStandardUrl],
    found: NOTHING,
  },
  {
    title: 'twilio-node#1183: an apostrophe and a space as +, which became %27 and %20',
    provider: twilio,
    called: { url: `${HOOK}?name=William+O'hara` },
    changes: [strictly],
    found: certain('query'),
  },
  {
    title: 'twilio-node#1183: an apostrophe and a space as +, which a URL parser kept',
    provider: twilio,
    called: { url: `${HOOK}?name=William+O'hara` },
    changes: [asStandardUrl],
    found: certain('query'),
  },
  {
    title: 'twilio-ruby#528: a GET with an apostrophe in a field',
    provider: twilio,
    fixture: 'completed-get',
    called: { url: `${HOOK}?Body=you're%20in` },
    changes: [asStandardUrl],
    found: certain('query'),
  },
  {
    title: 'twilio-php#510: the query was not part of the URL, only of the fields',
    provider: twilio,
    called: { url: `${HOOK}?tenant=acme-7` },
    changes: [rewritten((url) => url.replace(/\?.*/, '')), says({ 'x-original-uri': '/api/calls?tenant=acme-7' })],
    found: certain('query'),
  },
  {
    title: 'twilio-node#1068: a Fetch framework behind a tunnel, and a GET with an apostrophe',
    provider: twilio,
    fixture: 'completed-get',
    called: { url: `${HOOK}?Body=you're+in` },
    changes: [plainHttp, says({ 'x-forwarded-proto': 'https' }), asStandardUrl],
    found: certain('scheme', 'query'),
  },
];

testFaults('the URL', FAULTS);
