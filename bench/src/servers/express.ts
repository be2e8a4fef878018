import { createServer } from 'node:http';
import type { Inbox } from '@call-status/core';
import { callStatusMiddleware } from '@call-status/express';
import express, { type Express, type Request, type Response } from 'express';
import { PATH, PUBLIC_URL, SIGNING_KEY } from '../callbacks.ts';
import { floorOf } from './floor.ts';
import { listen } from './listen.ts';
import { recording, signed, withToken } from './options.ts';
import { readBody } from './read-body.ts';
import type { Sink } from './sink.ts';

/** The handler that the providers' documents show: a body parser, two fields, an answer. Nothing is verified. */
export function byHand(sink: Sink): Promise<number> {
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  app.post(PATH, documented(sink));
  return start(app);
}

/** The same with Twilio's own middleware, which verifies the signature. */
export async function twilioWebhook(sink: Sink): Promise<number> {
  const { default: twilio } = await import('twilio');
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  app.post(PATH, twilio.webhook({ validate: true, url: PUBLIC_URL + PATH }, SIGNING_KEY), documented(sink));
  return start(app);
}

/** The floor in Express: the body is read by hand, and what is by hand verifies. */
export function floor(sink: Sink): Promise<number> {
  const answer = floorOf(sink);
  const app = express();
  app.post(PATH, (request, response) => {
    readBody(request, (body) => {
      response.statusCode = answer(body, request.headers['x-signalwire-signature']);
      response.end();
    });
  });
  return start(app);
}

/** call-status: verified, validated, normalized, recorded. */
export function callStatus(sink: Sink, inbox?: Inbox): Promise<number> {
  const app = express();
  app.use(PATH, callStatusMiddleware(signed(sink, inbox)));
  return start(app);
}

/** call-status that records, while handlers run elsewhere. */
export function recordOnly(inbox: Inbox): Promise<number> {
  const app = express();
  app.use(PATH, callStatusMiddleware(recording(inbox)));
  return start(app);
}

/** call-status for a provider that sends multipart bodies, and has a token in the URL for a proof. */
export function callStatusMultipart(sink: Sink): Promise<number> {
  const app = express();
  app.use(PATH, callStatusMiddleware(withToken(sink)));
  return start(app);
}

function documented(sink: Sink) {
  return (request: Request, response: Response): void => {
    const { CallSid, CallStatus, Status } = request.body;
    sink(CallSid, CallStatus ?? Status);
    response.status(200).send();
  };
}

function start(app: Express): Promise<number> {
  return listen(createServer(app));
}
