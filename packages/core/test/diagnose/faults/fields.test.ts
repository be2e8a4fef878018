// A form came with other fields than the provider had signed.
import { plivo, signalwire, twilio } from '../../../src/index.ts';
import { bodyText, field, form, formToJson, parsedAs, says } from '../changes.ts';
import { certain, type Fault, NOTHING, possible, testFaults } from '../fault.ts';

const CALL = 'CallSid=CA5ca11000000000000000000000000001&CallStatus=completed';

const TRIMMED: readonly Fault[] = [
  {
    title: 'a space at the end of a name',
    provider: twilio,
    called: { fields: { CallerName: 'Jane Example ' } },
    changes: [field('CallerName', (value) => value.trim())],
    found: certain('value_trimmed'),
  },
  {
    title: 'a space at the beginning of a name',
    provider: signalwire,
    called: { fields: { CallerName: ' Jane Example' } },
    changes: [field('CallerName', (value) => value.trim())],
    found: certain('value_trimmed'),
  },
  {
    title: 'an empty value is dropped',
    provider: twilio,
    called: { fields: { CallerName: 'Jane Example', FromZip: '' } },
    changes: [form((pairs) => pairs.filter(([, value]) => value !== ''))],
    // Which field was empty is lost, unless the engine knows the names.
    found: [...certain('value_trimmed'), ...possible('value_trimmed'), ...possible('other_secret')],
  },
];

const DROPPED: readonly Fault[] = [
  {
    title: 'the empty parts of both addresses are dropped',
    provider: twilio,
    called: { fields: { FromState: 'NY', FromZip: '', ToState: '', ToZip: '10004' } },
    changes: [form((pairs) => pairs.filter(([, value]) => value !== ''))],
    found: certain('value_trimmed'),
  },
  {
    title: 'the empty part of an address is dropped, which the other party has',
    provider: twilio,
    called: { fields: { FromState: 'NY', FromZip: '10004', ToState: 'NY', ToZip: '' } },
    changes: [form((pairs) => pairs.filter(([, value]) => value !== ''))],
    found: certain('value_trimmed'),
  },
];

const REPEATED: readonly Fault[] = [
  {
    title: 'brackets after the name',
    provider: twilio,
    called: { body: `${CALL}&Tag=first-tag&Tag=second-tag` },
    changes: [bodyText((text) => text.replaceAll('Tag=', 'Tag[]='))],
    found: certain('repeated_field'),
  },
  {
    title: 'two values in one, with a comma',
    provider: twilio,
    called: { body: `${CALL}&Tag=first-tag&Tag=second-tag` },
    changes: [bodyText((text) => text.replace('first-tag&Tag=second-tag', 'first-tag%2Csecond-tag'))],
    found: certain('repeated_field'),
  },
  {
    title: 'two values in one, with a comma and a space',
    provider: signalwire,
    called: { body: `${CALL}&Tag=first-tag&Tag=second-tag` },
    changes: [bodyText((text) => text.replace('first-tag&Tag=second-tag', 'first-tag%2C+second-tag'))],
    found: certain('repeated_field'),
  },
  {
    title: 'values in another order, which is signed as it came',
    provider: signalwire,
    called: { body: `${CALL}&Tag=second-tag&Tag=first-tag` },
    changes: [bodyText((text) => text.replace('second-tag&Tag=first-tag', 'first-tag&Tag=second-tag'))],
    found: certain('repeated_field'),
  },
  {
    title: 'values in another order, which Plivo sorts',
    provider: plivo,
    called: { body: `${CALL}&Tag=second-tag&Tag=first-tag` },
    changes: [bodyText((text) => text.replace('second-tag&Tag=first-tag', 'first-tag&Tag=second-tag'))],
    found: NOTHING,
  },
];

const CHARSETS: readonly Fault[] = [
  {
    title: 'UTF-8 was decoded as Latin-1',
    provider: twilio,
    called: { fields: { CallerName: 'Zoë Example' } },
    changes: [field('CallerName', (value) => Buffer.from(value).toString('latin1'))],
    found: certain('charset'),
  },
  {
    title: 'UTF-8 was encoded as Latin-1',
    provider: signalwire,
    called: { fields: { CallerName: 'Zoë Example' } },
    changes: [bodyText((text) => text.replace('%C3%AB', '%EB'))],
    found: certain('charset'),
  },
  {
    title: 'the plus of a number was decoded twice',
    provider: twilio,
    changes: [bodyText((text) => text.replaceAll('%2B', '+'))],
    found: certain('charset'),
  },
  {
    title: 'the plus of a number was decoded twice, and a parser has the body',
    provider: plivo,
    fixture: 'hangup',
    called: { fields: { From: '+12025550143' } },
    changes: [parsedAs((text) => Object.fromEntries(new URLSearchParams(text.replaceAll('%2B', '+'))))],
    found: certain('charset'),
  },
];

const TYPES: readonly Fault[] = [
  {
    title: 'a form that says it is JSON',
    provider: twilio,
    changes: [says({ 'content-type': 'application/json' })],
    found: certain('json_as_form'),
  },
  {
    title: 'a gateway turns a form into JSON',
    provider: plivo,
    fixture: 'hangup',
    changes: [formToJson],
    found: certain('json_as_form'),
  },
  {
    title: 'a gateway turns a form into JSON, over which the fields can be verified',
    provider: signalwire,
    changes: [formToJson],
    found: NOTHING,
  },
  {
    title: 'JSON that says it is a form',
    provider: twilio,
    called: { encoding: 'json' },
    changes: [says({ 'content-type': 'application/x-www-form-urlencoded' })],
    found: certain('json_as_form'),
  },
];

testFaults('trimmed values', TRIMMED);
testFaults('dropped values', DROPPED);
testFaults('repeated names', REPEATED);
testFaults('the charset', CHARSETS);
testFaults('the content type', TYPES);
