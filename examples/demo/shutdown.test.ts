// The examples, closed and replaced under load: what is acknowledged is handled exactly once.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ExampleServer } from './example-server.ts';
import { secrets } from './requests.ts';

const CLIENTS = 16;

describe.each(['express', 'koa', 'fastify'])('the %s example', (framework) => {
  it('ends at SIGTERM while clients keep their connections busy, and breaks nothing off', async () => {
    const env = environment();
    const server = await ExampleServer.start(framework, env);
    const load = new Load(server.origin);
    await load.until(200);
    const stopped = server.stop('SIGTERM', 'SIGTERM');
    // The last answer tells each client that its connection ends.
    await load.ended;
    expect(await stopped).toBe(0);
    expect(load.refused).toEqual([]);

    const next = await ExampleServer.start(framework, env);
    const handled = (): string[] => [...server.events, ...next.events].map(({ callId }) => callId);
    await next.until(() => handled().length >= load.acknowledged.length);
    expect(await next.stop('SIGTERM')).toBe(0);
    expect(handled().sort()).toEqual(load.acknowledged.sort());
  });

  it('is replaced under load by a new process on the same file, and nothing is lost or doubled', async () => {
    const env = environment();
    const old = await ExampleServer.start(framework, env);
    const balancer = await LoadBalancer.to(old.origin);
    let isReplaced = false;
    const load = new Load(balancer.origin, () => isReplaced);
    await load.until(200);
    const replacement = await ExampleServer.start(framework, env);
    balancer.target = replacement.origin;
    expect(await old.stop('SIGTERM')).toBe(0);
    await load.until(load.acknowledged.length + 200);
    isReplaced = true;
    await load.ended;
    expect(load.refused).toEqual([]);
    const handled = (): string[] => [...old.events, ...replacement.events].map(({ callId }) => callId);
    await replacement.until(() => handled().length >= load.acknowledged.length);
    expect(await replacement.stop('SIGTERM')).toBe(0);
    expect(handled().sort()).toEqual(load.acknowledged.sort());
  });
});

/** Clients that send one callback after another, each over one connection. */
class Load {
  /** The calls whose callbacks were answered with 200. */
  readonly acknowledged: string[] = [];
  readonly refused: unknown[] = [];
  readonly ended: Promise<unknown>;
  #serial = 0;

  /** @param isEnough ends it; without, a client ends when its connection does */
  constructor(origin: string, isEnough?: () => boolean) {
    this.ended = Promise.all(Array.from({ length: CLIENTS }, () => this.#send(origin, isEnough)));
  }

  /** Waits until so many callbacks are acknowledged. */
  async until(count: number): Promise<void> {
    while (this.acknowledged.length < count) await new Promise(setImmediate);
  }

  async #send(origin: string, isEnough: (() => boolean) | undefined): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let isOver = false; !isOver; ) {
      const callId = `CA${String(this.#serial++).padStart(16, '0')}`;
      try {
        const { statusCode, headers } = await post(origin, callId, agent);
        if (statusCode === 200) this.acknowledged.push(callId);
        else this.refused.push(statusCode);
        isOver = isEnough === undefined ? headers.connection === 'close' : isEnough();
      } catch (error) {
        this.refused.push(error);
        return;
      }
    }
    agent.destroy();
  }
}

async function post(origin: string, callId: string, agent: Agent): Promise<IncomingMessage> {
  const url = `${origin}/webhooks/mycpaas?token=${secrets['MYCPAAS_TOKEN']}`;
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const req = request(url, { method: 'POST', headers, agent }).end(`CallSid=${callId}&CallStatus=completed`);
  const [answer] = (await once(req, 'response')) as [IncomingMessage];
  answer.resume();
  await once(answer, 'end');
  return answer;
}

/** One address in front of the process that gets new connections. */
class LoadBalancer {
  target: string;
  readonly origin: string;

  static async to(target: string): Promise<LoadBalancer> {
    const server = createServer((client) => {
      const { hostname, port } = new URL(balancer.target);
      const upstream = connect(Number(port), hostname);
      client.pipe(upstream).pipe(client);
      client.on('error', () => upstream.destroy());
      upstream.on('error', () => client.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const balancer = new LoadBalancer(target, (server.address() as AddressInfo).port);
    return balancer;
  }

  private constructor(target: string, port: number) {
    this.target = target;
    this.origin = `http://127.0.0.1:${port}`;
  }
}

function environment(): Record<string, string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'call-status-shutdown-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return { INBOX: path.join(folder, 'calls.db'), ...secrets };
}
