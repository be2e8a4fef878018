import type { Inbox } from '@call-status/core';
import type { Sink } from './sink.ts';

/** Starts a server and resolves to its port. */
export type StartServer = (sink: Sink) => Promise<number>;

/** The name of a server. */
export type ServerName =
  | 'express, by hand'
  | 'express, by hand again'
  | 'express, twilio.webhook()'
  | 'express, floor'
  | 'express, call-status'
  | 'express, by hand, form'
  | 'express, call-status, multipart'
  | 'koa, by hand'
  | 'koa, floor'
  | 'koa, call-status'
  | 'fastify, by hand'
  | 'fastify, floor'
  | 'fastify, call-status'
  | 'express, bare append'
  | 'express, SQLite'
  | 'express, SQLite without group commit'
  | 'fastify, bare append'
  | 'fastify, SQLite'
  | 'fastify, SQLite without group commit'
  | 'express, SQLite, no worker'
  | 'express, PostgreSQL, no worker'
  | 'express, BullMQ'
  | 'express, pg-boss';

async function newSqliteInbox(groupCommit: boolean): Promise<Inbox> {
  return (await import('./inboxes.ts')).newSqliteInbox(groupCommit);
}

async function newAppendInbox(): Promise<Inbox> {
  return (await import('./inboxes.ts')).newAppendInbox();
}

async function newPostgresInbox(): Promise<Inbox> {
  return (await import('./inboxes.ts')).newPostgresInbox();
}

/** The servers that are compared. Each imports its framework only when it is started, so that a process has one. */
export const SERVERS: Readonly<Record<ServerName, StartServer>> = {
  'express, by hand': async (sink) => (await import('./express.ts')).byHand(sink),
  'express, by hand again': async (sink) => (await import('./express.ts')).byHand(sink),
  'express, twilio.webhook()': async (sink) => (await import('./express.ts')).twilioWebhook(sink),
  'express, floor': async (sink) => (await import('./express.ts')).floor(sink),
  'express, call-status': async (sink) => (await import('./express.ts')).callStatus(sink),
  'express, by hand, form': async (sink) => (await import('./express.ts')).byHand(sink),
  'express, call-status, multipart': async (sink) => (await import('./express.ts')).callStatusMultipart(sink),
  'koa, by hand': async (sink) => (await import('./koa.ts')).byHand(sink),
  'koa, floor': async (sink) => (await import('./koa.ts')).floor(sink),
  'koa, call-status': async (sink) => (await import('./koa.ts')).callStatus(sink),
  'fastify, by hand': async (sink) => (await import('./fastify.ts')).byHand(sink),
  'fastify, floor': async (sink) => (await import('./fastify.ts')).floor(sink),
  'fastify, call-status': async (sink) => (await import('./fastify.ts')).callStatus(sink),
  'express, bare append': async (sink) => (await import('./express.ts')).callStatus(sink, await newAppendInbox()),
  'express, SQLite': async (sink) => (await import('./express.ts')).callStatus(sink, await newSqliteInbox(true)),
  'express, SQLite without group commit': async (sink) =>
    (await import('./express.ts')).callStatus(sink, await newSqliteInbox(false)),
  'fastify, bare append': async (sink) => (await import('./fastify.ts')).callStatus(sink, await newAppendInbox()),
  'fastify, SQLite': async (sink) => (await import('./fastify.ts')).callStatus(sink, await newSqliteInbox(true)),
  'fastify, SQLite without group commit': async (sink) =>
    (await import('./fastify.ts')).callStatus(sink, await newSqliteInbox(false)),
  'express, SQLite, no worker': async () => (await import('./express.ts')).recordOnly(await newSqliteInbox(true)),
  'express, PostgreSQL, no worker': async () => (await import('./express.ts')).recordOnly(await newPostgresInbox()),
  'express, BullMQ': async () => (await import('./peers.ts')).bullmq(),
  'express, pg-boss': async () => (await import('./peers.ts')).pgBoss(),
};
