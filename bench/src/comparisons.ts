import type { CallbackKind } from './callbacks.ts';
import type { Target } from './report.ts';
import type { ServerName } from './servers/servers.ts';

/** Servers that are compared with each other. */
export interface Comparison {
  readonly title: string;
  readonly servers: readonly Contender[];
}

/** One of them. */
export interface Contender {
  readonly name: ServerName;
  readonly kind: CallbackKind;
  /** Whether a forged callback must be refused. */
  readonly verifies: boolean;
  /** With what it is compared, and what is to be reached. */
  readonly besides: readonly { readonly name: ServerName; readonly target?: Target }[];
}

/** Before Node 24 the engine is slow with what Express makes of requests, and call-status avoids that. */
const IS_NEW_NODE = Number.parseInt(process.versions.node, 10) >= 24;

function atMost(newNode: number, oldNode: number = newNode): Target {
  return { atMost: IS_NEW_NODE ? newNode : oldNode };
}

/** What is compared by CPU per request. */
export const COMPARISONS: readonly Comparison[] = [
  {
    title: 'Express',
    servers: [
      form('express, by hand', false),
      form('express, by hand again', false, { name: 'express, by hand' }),
      form('express, twilio.webhook()', true, { name: 'express, by hand' }),
      form('express, floor', true, { name: 'express, by hand' }),
      form(
        'express, call-status',
        true,
        { name: 'express, by hand', target: atMost(0.9, 0.75) },
        { name: 'express, twilio.webhook()', target: atMost(0.75) },
        { name: 'express, floor', target: atMost(1.05, 0.95) },
      ),
    ],
  },
  {
    title: 'Multipart',
    servers: [
      { name: 'express, by hand, form', kind: 'exotel-form', verifies: false, besides: [] },
      {
        name: 'express, call-status, multipart',
        kind: 'exotel-multipart',
        verifies: true,
        besides: [{ name: 'express, by hand, form', target: atMost(1) }],
      },
    ],
  },
  {
    title: 'Koa',
    servers: [
      form('koa, by hand', false),
      form('koa, floor', true, { name: 'koa, by hand' }),
      form('koa, call-status', true, { name: 'koa, by hand' }, { name: 'koa, floor', target: atMost(1.05, 1.25) }),
    ],
  },
  {
    title: 'Fastify',
    servers: [
      form('fastify, by hand', false),
      form('fastify, floor', true, { name: 'fastify, by hand' }),
      form(
        'fastify, call-status',
        true,
        { name: 'fastify, by hand' },
        { name: 'fastify, floor', target: atMost(1.1, 1.3) },
      ),
    ],
  },
];

function form(name: ServerName, verifies: boolean, ...besides: Contender['besides']): Contender {
  return { name, kind: 'signalwire-form', verifies, besides };
}
