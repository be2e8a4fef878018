// What parsers and gateways leave of a body.
import { parse } from 'qs';
import { plivo, retell, signalwire, twilio, voicedock } from '../../../src/index.ts';
import { bodyText, parsedAs } from '../changes.ts';
import { certain, type Fault, NOTHING, testFaults } from '../fault.ts';

const CALL = 'CallSid=CA5ca11000000000000000000000000001&CallStatus=completed';

const FAULTS: readonly Fault[] = [
  {
    title: 'names with brackets became objects and lists',
    provider: twilio,
    called: { body: `${CALL}&Leg[id]=leg-one&Leg[state]=over&Tag=first-tag&Tag=second-tag` },
    changes: [parsedAs((text) => parse(text))],
    found: certain('body_reserialized'),
  },
  {
    title: 'JSON as a text',
    provider: voicedock,
    changes: [parsedAs((text) => text)],
    found: certain('body_reserialized'),
  },
  {
    title: 'JSON as bytes',
    provider: voicedock,
    changes: [parsedAs((text) => Buffer.from(text))],
    found: certain('body_reserialized'),
  },
  {
    title: 'names with brackets, and an empty value that became null',
    provider: twilio,
    called: { body: `${CALL}&Leg[id]=leg-one&Note=` },
    changes: [parsedAs((text) => ({ ...parse(text), Note: null }))],
    found: certain('body_reserialized'),
  },
  {
    title: 'a Buffer that was itself written as JSON',
    provider: voicedock,
    changes: [parsedAs((text) => JSON.parse(JSON.stringify(Buffer.from(text))))],
    found: certain('body_reserialized'),
  },
  {
    title: 'bytes in base64',
    provider: voicedock,
    changes: [bodyText((text) => Buffer.from(text).toString('base64'))],
    found: certain('body_reserialized'),
  },
  {
    title: 'JSON in JSON',
    provider: retell,
    fixture: 'ended',
    changes: [bodyText((text) => JSON.stringify(text))],
    found: certain('body_reserialized'),
  },
  {
    title: 'other line endings',
    provider: voicedock,
    changes: [bodyText((text) => text.replaceAll('\n', '\r\n'))],
    found: certain('body_reserialized'),
  },
  {
    title: 'white space at the end is lost',
    provider: retell,
    fixture: 'ended',
    called: { body: '{"event":"call_ended","call":{"call_id":"5ca11000"}}\n' },
    changes: [bodyText((text) => text.trim())],
    found: certain('body_reserialized'),
  },
  {
    title: 'an empty value that was not signed',
    provider: signalwire,
    called: { body: CALL },
    changes: [bodyText((text) => `${text}&ParentCallSid=`)],
    found: certain('value_trimmed'),
  },
  {
    title: 'the + of numbers was lost',
    provider: plivo,
    called: { body: 'CallUUID=5ca11000&CallStatus=completed&From=%2B12025550143&To=%2B12025550178' },
    changes: [bodyText((text) => text.replaceAll('%2B', ''))],
    found: certain('value_trimmed'),
  },
  {
    title: 'a form whose parser kept texts',
    provider: twilio,
    called: { body: CALL },
    changes: [parsedAs((text) => Object.fromEntries(new URLSearchParams(text)))],
    found: NOTHING,
  },
];

testFaults('a parser or a gateway', FAULTS);
