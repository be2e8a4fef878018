import { callStatusPlugin } from '@call-status/fastify';
import Fastify from 'fastify';
import { calls, providers } from './calls.ts';

export const app = Fastify({ logger: { level: 'warn' } });

for (const { name } of providers) {
  app.register(callStatusPlugin, { path: `/webhooks/${name}`, receiver: calls.provider(name) });
}
