// Reports in public issue trackers, in real applications with the setting that was wrong there.
import { plivo, retell, signalwire, telnyx, twilio, voicedock } from '@call-status/core';
import express, { type Application, type RequestHandler } from 'express';
import { arrivesAt, believedToBe, plainHttp, rewritten, says } from '../../packages/core/test/diagnose/changes.ts';
import { certain, type Fault, NOTHING, possible, testFaults } from '../../packages/core/test/diagnose/fault.ts';
import { throughExpress, throughFastify, throughFetch, throughKoa } from './applications.ts';

const PUBLIC = 'https://hooks.example.com';
const CALL = 'CallSid=CA5ca11000000000000000000000000001&CallStatus=completed';

/** TLS ends at a proxy, which says so. */
const behindTls = [plainHttp, says({ 'x-forwarded-proto': 'https' })];

type Mount = (app: Application, middleware: RequestHandler) => void;

const direct: Mount = (app, middleware) => app.post('/webhooks/:provider', middleware);

/** Other middleware runs first. */
function after(...first: RequestHandler[]): Mount {
  return (app, middleware) => app.use(...first).post('/webhooks/:provider', middleware);
}

/** Express trusts whatever is forwarded. */
const trusting: Mount = (app, middleware) => app.set('trust proxy', true).post('/webhooks/:provider', middleware);

/** A sanitizer that keeps the last of repeated values. */
const lastValues: RequestHandler = (req, _res, next) => {
  const fields: Record<string, unknown> = req.body;
  for (const [name, value] of Object.entries(fields)) fields[name] = [value].flat().at(-1);
  next();
};

/** A sanitizer that trims every value. */
const trimmed: RequestHandler = (req, _res, next) => {
  const fields: Record<string, string> = req.body;
  for (const [name, value] of Object.entries(fields)) fields[name] = value.trim();
  next();
};

const PROXIES: readonly Fault[] = [
  {
    title: 'twilio-node#321: Express without trust proxy, behind a tunnel',
    provider: twilio,
    changes: behindTls,
    through: throughExpress('twilio', direct),
    found: certain('scheme'),
  },
  {
    title: 'twilio-node#321: the same with trust proxy',
    provider: twilio,
    changes: behindTls,
    through: throughExpress('twilio', trusting),
    found: NOTHING,
  },
  {
    title: 'twilio-node#505: a router of a platform ends TLS, and a form parser runs first',
    provider: twilio,
    changes: [...behindTls, says({ 'x-forwarded-port': '443', 'x-forwarded-for': '192.0.2.43' })],
    through: throughExpress('twilio', after(express.urlencoded({ extended: false }))),
    found: certain('scheme'),
  },
  {
    title: 'twilio-node#924: a framework that always parses, behind a tunnel',
    provider: twilio,
    called: { fields: { CallerName: "Jane's" } },
    changes: behindTls,
    through: throughExpress('twilio', after(express.json(), express.urlencoded({ extended: true }))),
    found: certain('scheme'),
  },
  {
    title: 'yap#1589: every forwarded host is trusted, and the proxy forwards an internal one',
    provider: twilio,
    changes: [says({ 'x-forwarded-host': 'calls.internal', 'x-forwarded-proto': 'https' })],
    through: throughExpress('twilio', trusting),
    found: certain('host'),
  },
  {
    title: 'Koa without proxy',
    provider: signalwire,
    changes: behindTls,
    through: throughKoa('signalwire'),
    found: certain('scheme'),
  },
  {
    title: 'Fastify without trustProxy, behind a proxy that removes a prefix',
    provider: plivo,
    fixture: 'hangup',
    called: { url: `${PUBLIC}/telephony/webhooks/plivo` },
    changes: [
      ...behindTls,
      rewritten((url) => url.replace('/telephony', '')),
      says({ 'x-forwarded-prefix': '/telephony' }),
    ],
    through: throughFastify('plivo', '/webhooks/plivo'),
    found: certain('scheme', 'path_prefix'),
  },
  {
    title: 'Express trusts one of two proxies, and the other connects by an address',
    provider: signalwire,
    changes: [
      arrivesAt('http://10.0.0.8:3000'),
      says({ 'x-forwarded-proto': 'https', 'x-forwarded-host': '10.0.0.7, hooks.example.com' }),
    ],
    through: throughExpress('signalwire', trusting),
    found: certain('host'),
  },
];

const FETCH: readonly Fault[] = [
  {
    title: 'twilio-node#1061: an apostrophe in the URL of a Fetch request',
    provider: twilio,
    called: { url: `${PUBLIC}/webhooks/twilio?FromCity=Trezzo%20Sull'Adda` },
    through: throughFetch('twilio'),
    found: NOTHING,
  },
  {
    title: 'twilio-node#1183: an apostrophe and a space as + in the URL of a Fetch request',
    provider: twilio,
    called: { url: `${PUBLIC}/webhooks/twilio?name=William+O'hara` },
    through: throughFetch('twilio'),
    found: certain('query'),
  },
  {
    title: 'twilio-node#1068: a GET whose fields are in the URL of a Fetch request',
    provider: twilio,
    fixture: 'completed-get',
    through: throughFetch('twilio'),
    found: NOTHING,
  },
  {
    title: 'twilio-node#1068: the same, in a development server that is called by another name',
    provider: twilio,
    fixture: 'completed-get',
    changes: [
      believedToBe('http://localhost:5173'),
      says({ 'x-forwarded-host': 'hooks.example.com', 'x-forwarded-proto': 'https' }),
    ],
    through: throughFetch('twilio'),
    found: certain('scheme', 'host'),
  },
];

const PARSERS: readonly Fault[] = [
  {
    title: 'twilio-node#1060: verified before the form parser ran',
    provider: twilio,
    through: throughExpress('twilio', (app, middleware) => {
      app.post('/webhooks/:provider', middleware, express.urlencoded());
    }),
    found: NOTHING,
  },
  {
    title: 'twilio-node#650: a form as text',
    provider: twilio,
    through: throughExpress('twilio', after(express.text({ type: '*/*' }))),
    found: NOTHING,
  },
  {
    title: 'twilio-node#657: an object instead of the JSON',
    provider: twilio,
    called: { encoding: 'json' },
    through: throughExpress('twilio', after(express.json())),
    found: certain('body_reserialized'),
  },
  {
    title: 'nestjs-twilio#81: an object instead of the JSON, behind a proxy that ends TLS',
    provider: twilio,
    called: { encoding: 'json' },
    changes: behindTls,
    through: throughExpress('twilio', after(express.json())),
    found: certain('body_reserialized', 'scheme'),
  },
  {
    title: 'stripe-node#341: a JSON parser runs first',
    provider: voicedock,
    through: throughExpress('voicedock', after(express.json())),
    found: certain('body_reserialized'),
  },
  {
    title: 'stripe-node#341: a JSON parser that keeps the bytes as rawBody',
    provider: retell,
    fixture: 'ended',
    through: throughExpress(
      'retell',
      after(express.json({ verify: (req, _res, bytes) => void Object.assign(req, { rawBody: bytes }) })),
    ),
    found: NOTHING,
  },
  {
    title: 'telnyx-node#81: a JSON parser runs first',
    provider: telnyx,
    fixture: 'hangup',
    through: throughExpress('telnyx', after(express.json())),
    found: certain('body_reserialized'),
  },
  {
    title: 'twilio-python#613: a parser that keeps repeated names as a list',
    provider: twilio,
    called: { body: `${CALL}&Member=member-b&Member=member-a` },
    through: throughExpress('twilio', after(express.urlencoded({ extended: true }))),
    found: NOTHING,
  },
  {
    title: 'twilio-ruby#616: a sanitizer that keeps the last of repeated values',
    provider: twilio,
    called: { body: `${CALL}&Member=member-b&Member=member-a` },
    through: throughExpress('twilio', after(express.urlencoded({ extended: true }), lastValues)),
    found: [...possible('repeated_field'), ...possible('body_reserialized')],
  },
  {
    title: 'a sanitizer that trims',
    provider: twilio,
    called: { fields: { CallerName: 'Jane Example ' } },
    through: throughExpress('twilio', after(express.urlencoded(), trimmed)),
    found: certain('value_trimmed'),
  },
];

testFaults('proxies', PROXIES);
testFaults('Fetch', FETCH);
testFaults('parsers', PARSERS);
