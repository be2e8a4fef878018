import type { Inbox } from '@call-status/core';
import type { HealthPage } from '../api/types.ts';
import type { BoardCalls } from '../options.ts';
import type { TrafficLog } from '../traffic/traffic-log.ts';
import { EndedCount } from './ended-count.ts';

/** Reads the health once for all that ask at the same time. */
export class HealthReader {
  readonly #inbox: Inbox;
  readonly #calls: BoardCalls | undefined;
  readonly #traffic: TrafficLog | undefined;
  readonly #ended: EndedCount;
  #reading: Promise<HealthPage> | undefined;

  constructor(inbox: Inbox, calls: BoardCalls | undefined, traffic: TrafficLog | undefined) {
    this.#inbox = inbox;
    this.#calls = calls;
    this.#traffic = traffic;
    this.#ended = new EndedCount(inbox);
  }

  read(): Promise<HealthPage> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<HealthPage> {
    // Where counting is cheap, it is done before the health is there.
    this.#ended.refresh();
    const [own, inbox] = await Promise.all([
      this.#calls?.health(),
      this.#calls === undefined ? this.#inbox.health() : undefined,
    ]);
    const ended = this.#ended.value;
    return {
      health: (own?.inbox ?? inbox) as HealthPage['health'],
      ...(ended !== undefined && { ended }),
      ...(own?.worker !== undefined && { worker: own.worker }),
      ...(this.#traffic !== undefined && { traffic: this.#traffic.read(Date.now()) }),
    };
  }
}
