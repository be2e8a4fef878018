import { callStatusMiddleware } from '@call-status/express';
import express from 'express';
import { calls, providers } from './calls.ts';

export const app = express();

for (const { name } of providers) {
  app.use(`/webhooks/${name}`, callStatusMiddleware(calls.provider(name)));
}
