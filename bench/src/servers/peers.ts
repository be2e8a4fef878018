/** What people take who queue callbacks by themselves: the documented handler in Express, and a durable queue before the 200. */
import { createServer } from 'node:http';
import { Queue } from 'bullmq';
import express, { type Response } from 'express';
import twilio from 'twilio';
import { PATH, PUBLIC_URL, SIGNING_KEY } from '../callbacks.ts';
import { listen } from './listen.ts';

type Fields = Readonly<Record<string, string>>;

/** BullMQ on Redis, which syncs its log before it answers. The server's URL is in `BENCH_REDIS`. */
export function bullmq(): Promise<number> {
  const { hostname: host, port } = new URL(process.env['BENCH_REDIS'] ?? '');
  const queue = new Queue('callbacks', { connection: { host, port: Number(port) } });
  return start(async (fields) => {
    const jobId = `${fields['CallSid']}-${fields['CallStatus']}-${fields['SequenceNumber']}`;
    await queue.add('callback', fields, { jobId, attempts: 8, backoff: { type: 'exponential', delay: 5000 } });
  });
}

/** Its own types do not compile. */
interface PgBoss {
  on(name: 'error', listener: (error: unknown) => void): void;
  start(): Promise<unknown>;
  createQueue(name: string, options: Readonly<Record<string, unknown>>): Promise<void>;
  send(name: string, data: object, options: { readonly singletonKey: string }): Promise<string | null>;
}

const PG_BOSS: string = 'pg-boss';

/** pg-boss with the policy that keeps the jobs of a call in order. The server's URL is in `BENCH_POSTGRES`. */
export async function pgBoss(): Promise<number> {
  const { PgBoss } = (await import(PG_BOSS)) as { PgBoss: new (options: object) => PgBoss };
  const boss = new PgBoss({ connectionString: process.env['BENCH_POSTGRES'] ?? '', schema: `boss_${process.pid}` });
  boss.on('error', (error: unknown) => console.error(error));
  await boss.start();
  await boss.createQueue('callbacks', { policy: 'key_strict_fifo', retryLimit: 8, retryBackoff: true });
  return start(async (fields) => {
    await boss.send('callbacks', fields, { singletonKey: fields['CallSid'] ?? '' });
  });
}

function start(enqueue: (fields: Fields) => Promise<void>): Promise<number> {
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  const verified = twilio.webhook({ validate: true, url: PUBLIC_URL + PATH }, SIGNING_KEY);
  app.post(PATH, verified, async ({ body }: { body: Fields }, response: Response) => {
    await enqueue(body);
    response.status(200).send();
  });
  return listen(createServer(app));
}
