// The query that came is not the one that was signed.
import { plivo, signalwire, twilio } from '../../../src/index.ts';
import { rewritten } from '../changes.ts';
import { certain, type Fault, NOTHING, testFaults } from '../fault.ts';

const HOOK = 'https://hooks.example.com/webhooks';

const FAULTS: readonly Fault[] = [
  {
    title: 'a proxy adds a parameter where there was none',
    provider: twilio,
    changes: [rewritten((url) => `${url}?source=edge-7`)],
    found: certain('query'),
  },
  {
    title: 'a proxy adds a parameter after another',
    provider: signalwire,
    called: { url: `${HOOK}/signalwire?tenant=acme-7` },
    changes: [rewritten((url) => `${url}&source=edge-7`)],
    found: certain('query'),
  },
  {
    title: 'a space as + was escaped as %20',
    provider: signalwire,
    called: { url: `${HOOK}/signalwire?queue=front+desk` },
    changes: [rewritten((url) => url.replace('+', '%20'))],
    found: certain('query'),
  },
  {
    title: 'a space as %20 was written as +',
    provider: signalwire,
    called: { url: `${HOOK}/signalwire?queue=front%20desk` },
    changes: [rewritten((url) => url.replace('%20', '+'))],
    found: certain('query'),
  },
  {
    title: 'a colon was escaped',
    provider: signalwire,
    called: { url: `${HOOK}/signalwire?leg=sip:agent7` },
    changes: [rewritten((url) => url.replace(':', '%3A'))],
    found: certain('query'),
  },
  {
    title: 'an escaped colon was unescaped',
    provider: signalwire,
    called: { url: `${HOOK}/signalwire?leg=sip%3Aagent7` },
    changes: [rewritten((url) => url.replace('%3A', ':'))],
    found: certain('query'),
  },
  {
    title: 'escapes in lower case',
    provider: signalwire,
    called: { url: `${HOOK}/signalwire?leg=sip%3Aagent7%40example.com` },
    changes: [rewritten((url) => url.replaceAll(/%../g, (escaped) => escaped.toLowerCase()))],
    found: certain('query'),
  },
  {
    title: 'a colon in the path was escaped, before a query',
    provider: signalwire,
    called: { url: `${HOOK}/team:one?tenant=acme-7` },
    changes: [rewritten((url) => url.replace('team:', 'team%3A'))],
    found: certain('query'),
  },
  {
    title: 'Plivo signs the decoded parameters',
    provider: plivo,
    fixture: 'hangup',
    called: { url: `${HOOK}/plivo?queue=front+desk&leg=sip:agent7` },
    changes: [rewritten((url) => url.replace('+', '%20').replace('sip:', 'sip%3A'))],
    found: NOTHING,
  },
];

testFaults('the query', FAULTS);
