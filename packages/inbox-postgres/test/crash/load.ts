import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallStatus, signalwire } from '@call-status/core';
import { type Callback, callback } from '@call-status/testing';
import { COURSE, SENT_TWICE, SIGNING_KEY } from './settings.ts';

/** Callbacks of so many calls are under way at once. */
const CLIENTS = 24;
/** A provider waits no longer for an answer. */
const PATIENCE_MS = 5000;

/** Clients that send the callbacks of calls in order, each until it is acknowledged, as providers do. */
export class Load {
  /** Events that were acknowledged: call id and status. */
  readonly acknowledged = new Set<string>();
  /** Answers with status 503. */
  refused = 0;
  /** Answers other than 200 and 503, which there must not be. */
  readonly wrong: unknown[] = [];
  readonly #ports: () => readonly number[];
  readonly #agent = new Agent({ keepAlive: true });
  readonly #clients: Promise<void>[];
  #isOver = false;

  /** @param ports to which callbacks can be sent now */
  constructor(ports: () => readonly number[]) {
    this.#ports = ports;
    this.#clients = Array.from({ length: CLIENTS }, (_, client) => this.#run(client));
  }

  /** Waits until so many more callbacks are acknowledged. */
  async isServed(more = 1): Promise<void> {
    const enough = this.acknowledged.size + more;
    while (this.acknowledged.size < enough) await sleep(5);
  }

  /** Lets each client finish its current call. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
    this.#agent.destroy();
  }

  async #run(client: number): Promise<void> {
    for (let call = 0; !this.#isOver; call++) {
      const callId = `call-${client}-${call}`;
      for (const [at, status] of COURSE.entries()) {
        const fields = { SequenceNumber: at };
        const made = callback(signalwire, status, { callId, fields, secret: SIGNING_KEY });
        // Some come twice at the same time, to any hosts, and some again when they were acknowledged already.
        const twice = Math.random() < SENT_TWICE;
        const together = twice && Math.random() < 0.5;
        await Promise.all([this.#deliver(made, callId, status), together && this.#deliver(made, callId, status)]);
        if (twice && !together) await this.#deliver(made, callId, status);
      }
    }
  }

  async #deliver(made: Callback, callId: string, status: CallStatus): Promise<void> {
    for (;;) {
      const answer = await this.#post(made);
      if (answer === 200) break;
      if (answer === 503) this.refused++;
      else if (answer !== undefined) this.wrong.push(answer);
      await sleep(10);
    }
    this.acknowledged.add(`${callId} ${status}`);
  }

  /** The status of the answer, or `undefined` without one. */
  #post({ url, headers, body }: Callback): Promise<number | undefined> {
    const ports = this.#ports();
    const port = ports[Math.floor(Math.random() * ports.length)];
    if (port === undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const sent = request({ port, host: '127.0.0.1', method: 'POST', path: url, headers, agent: this.#agent });
      sent.setTimeout(PATIENCE_MS, () => sent.destroy());
      sent.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', () => resolve(undefined));
      sent.end(body);
    });
  }
}
