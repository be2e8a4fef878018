// Hooks of the application that read the body, too, with real connections.
import { createHmac } from 'node:crypto';
import { connect } from 'node:http2';
import { type AddressInfo, connect as connectSocket } from 'node:net';
import { PassThrough, pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import rawBodyPlugin from 'fastify-raw-body';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BODIES, PART_READERS, READERS, sendForm, statusOf } from '../../core/test/body-readers.ts';
import { callStatusPlugin, createCallStatus, mycpaas, voicedock } from '../src/index.ts';

const [[, SMALL], [, LARGE]] = BODIES as [(typeof BODIES)[number], (typeof BODIES)[number]];

/** An application whose `handler` sees what call-status accepted. */
async function start(
  prepare: (fastify: FastifyInstance) => unknown,
  handler: (rawBody: unknown) => void = () => {},
  options: FastifyServerOptions = {},
) {
  const errors: string[] = [];
  const fastify = Fastify(options);
  const calls = createCallStatus({
    ack: 'manual',
    log: { info() {}, warn() {}, error() {} },
    providers: [mycpaas({ allowUnauthenticated: true }), voicedock({ secret: 'secret' })],
    onError: ({ code }) => errors.push(code),
  });
  await prepare(fastify);
  for (const name of ['mycpaas', 'voicedock'] as const) {
    fastify.register(callStatusPlugin, {
      path: `/${name}`,
      receiver: calls.provider(name),
      handler: (request, reply) => {
        handler((request as { rawBody?: unknown }).rawBody);
        return reply.code(200).send();
      },
    });
  }
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(async () => {
    fastify.server.closeAllConnections?.();
    await fastify.close();
    await calls.close();
  });
  return { port: (fastify.server.address() as AddressInfo).port, errors };
}

const CASES = BODIES.map(([name, pieces]) => ({ name, pieces }));

describe('with fastify-raw-body', () => {
  it.each(CASES)('accepts $name, and keeps its bytes for the application', async ({ pieces }) => {
    for (const options of [{}, { encoding: false as const }, { runFirst: true }]) {
      let kept: unknown;
      const { port } = await start(
        (fastify) => fastify.register(rawBodyPlugin, options),
        (rawBody) => {
          kept = rawBody;
        },
      );
      expect([await statusOf(sendForm(port, '/mycpaas', pieces)), String(kept)]).toEqual([200, pieces.join('')]);
    }
  });

  it('verifies a signature over the bytes', async () => {
    const { port } = await start((fastify) => fastify.register(rawBodyPlugin));
    const body = JSON.stringify({ message: { type: 'status-update', status: 'ended', call: { id: 'vd-1' } } });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', 'secret').update(`${timestamp}.${body}`).digest('hex');
    const headers = { 'content-type': 'application/json', 'x-webhook-timestamp': timestamp };
    const signed = { ...headers, 'x-webhook-signature': `sha256=${signature}` };
    expect(await statusOf(sendForm(port, '/voicedock', [body], signed))).not.toBe(403);
    const forged = { ...headers, 'x-webhook-signature': `sha256=${'0'.repeat(64)}` };
    expect(await statusOf(sendForm(port, '/voicedock', [body], forged))).toBe(403);
  });

  it('accepts a body that is too long for fastify-raw-body', async () => {
    const { port } = await start((fastify) => fastify.register(rawBodyPlugin), undefined, { bodyLimit: 1000 });
    expect(await statusOf(sendForm(port, '/mycpaas', LARGE))).toBe(200);
  });

  it('accepts what it has kept where a slower hook comes after it', async () => {
    const { port } = await start(async (fastify) => {
      await fastify.register(rawBodyPlugin, { runFirst: true });
      fastify.addHook('onRoute', (route) => {
        route.preParsing = [
          route.preParsing ?? [],
          async () => new Promise((resolve) => setTimeout(resolve, 50)),
        ].flat() as never;
      });
    });
    expect(await statusOf(sendForm(port, '/mycpaas', SMALL))).toBe(200);
  });

  it('accepts a body by HTTP/2 without its length', async () => {
    const { port } = await start((fastify) => fastify.register(rawBodyPlugin), undefined, { http2: true } as never);
    const client = connect(`http://127.0.0.1:${port}`);
    onTestFinished(() => client.destroy());
    const type = 'application/x-www-form-urlencoded';
    const stream = client.request({ ':method': 'POST', ':path': '/mycpaas', 'content-type': type });
    stream.end(SMALL[0]);
    expect(await new Promise((resolve) => stream.on('response', (head) => resolve(head[':status'])))).toBe(200);
  });
});

it('reads a body that no hook reads', async () => {
  const { port } = await start(() => {});
  for (const pieces of [SMALL, LARGE]) expect(await statusOf(sendForm(port, '/mycpaas', pieces))).toBe(200);
});

describe('with a hook', () => {
  it.each(READERS.flatMap(({ name, read }) => CASES.map((of) => ({ name, read, of }))))(
    'that reads by $name at the same time, accepts $of.name',
    async ({ read, of: { pieces } }) => {
      let all: Promise<string> | undefined;
      const { port } = await start((fastify) =>
        fastify.addHook('preParsing', (_request, _reply, payload, done) => {
          all = read(payload);
          done(null, payload);
        }),
      );
      expect([await statusOf(sendForm(port, '/mycpaas', pieces)), await all]).toEqual([200, pieces.join('')]);
    },
  );

  it.each(READERS.flatMap(({ name, read }) => CASES.map((of) => ({ name, read, of }))))(
    'that has read all by $name, refuses $of.name with the cause, unless the hook kept it',
    async ({ read, of: { pieces } }) => {
      for (const isKept of [false, true]) {
        const { port, errors } = await start((fastify) =>
          fastify.addHook('preParsing', async (request, _reply, payload) => {
            const rawBody = await read(payload);
            if (isKept) Object.assign(request, { rawBody });
          }),
        );
        expect(await statusOf(sendForm(port, '/mycpaas', pieces))).toBe(isKept ? 200 : 403);
        expect(errors).toEqual(isKept ? [] : ['body_consumed']);
      }
    },
  );

  it.each(PART_READERS.flatMap(({ name, read }) => CASES.map((of) => ({ name, read, of }))))(
    'that has read a part and $name, refuses $of.name with the cause',
    async ({ read, of: { pieces } }) => {
      for (const headers of [{}, { 'transfer-encoding': 'chunked', 'content-length': [] }]) {
        const { port, errors } = await start((fastify) =>
          fastify.addHook('preParsing', async (_request, _reply, payload) => void (await read(payload as Readable))),
        );
        // Who destroys a request may also close its connection.
        expect((await statusOf(sendForm(port, '/mycpaas', pieces, headers))) ?? 403).toBe(403);
        await expect.poll(() => errors).toEqual(['body_consumed']);
      }
    },
  );

  it.each([
    ['fails', 400, ['malformed_body'], (payload: Readable) => pipeline(payload, createGunzip(), () => {})],
    [
      'failed',
      400,
      ['malformed_body'],
      () => new Readable({ read() {} }).on('error', () => {}).destroy(new Error('own')),
    ],
    ['was closed', 403, ['body_consumed'], () => new PassThrough().destroy()],
    ['is whole', 200, [], (payload: Readable) => pipeline(payload, new PassThrough(), () => {})],
    ['is empty', 422, ['invalid_callback'], () => Readable.from([])],
  ] as const)('that replaces the body by a stream that %s, answers %i', async (_, status, codes, replace) => {
    const { port, errors } = await start((fastify) =>
      fastify.addHook('preParsing', async (_request, _reply, payload) => replace(payload as Readable)),
    );
    expect([await statusOf(sendForm(port, '/mycpaas', SMALL)), errors]).toEqual([status, codes]);
  });

  it('that lets the body run off, accepts what comes meanwhile', async () => {
    const { port } = await start((fastify) =>
      fastify.addHook('preParsing', (_request, _reply, payload, done) => done(null, payload.resume() as never)),
    );
    expect(await statusOf(sendForm(port, '/mycpaas', SMALL))).toBe(200);
  });

  it('that lets an empty body run off, finds nothing in it', async () => {
    const { port, errors } = await start((fastify) =>
      fastify.addHook('preParsing', async (_request, _reply, payload) => {
        payload.resume();
        await new Promise((resolve) => payload.on('close', resolve));
      }),
    );
    const headers = { 'transfer-encoding': 'chunked', 'content-length': [] };
    expect([await statusOf(sendForm(port, '/mycpaas', [''], headers)), errors]).toEqual([422, ['invalid_callback']]);
  });

  it.each([
    ['itself', (payload: Readable) => payload],
    ['by a stream of its own', (payload: Readable) => pipeline(payload, new PassThrough(), () => {})],
  ])('still says that the client disconnected, of a body %s', async (_, replace) => {
    const { port, errors } = await start((fastify) =>
      fastify.addHook('preParsing', (_request, _reply, payload, done) => {
        payload.on('data', () => {});
        done(null, replace(payload as Readable) as never);
      }),
    );
    const socket = connectSocket(port, '127.0.0.1');
    const head = 'Host: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nCallSid';
    socket.write(`POST /mycpaas HTTP/1.1\r\n${head}`, () => setTimeout(() => socket.destroy(), 20));
    await expect.poll(() => errors).toEqual(['body_aborted']);
  });
});
