import { CallStatusError } from '@call-status/core';
import type { Session } from './session.ts';

/** Connections that one user at a time has. Who asks for more than there may be waits. */
export class Sessions {
  readonly #connect: () => Promise<Session>;
  readonly #limit: number;
  #idle: Session[] = [];
  readonly #waiting: (() => void)[] = [];
  #inUse = 0;
  #isClosed = false;

  constructor(connect: () => Promise<Session>, limit: number) {
    this.#connect = connect;
    this.#limit = limit;
  }

  async take(): Promise<Session> {
    while (!this.#isClosed && this.#inUse >= this.#limit)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#isClosed) throw new CallStatusError('closed');
    this.#inUse++;
    const idle = this.#idle.pop();
    if (idle !== undefined && !idle.isBroken) return idle;
    try {
      return await this.#connect();
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  /** Gives one back, without an open transaction. */
  release(session: Session): void {
    if (this.#isClosed || session.isBroken) void session.end();
    else this.#idle.push(session);
    this.#leave();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const proceed of this.#waiting.splice(0)) proceed();
    await Promise.all(this.#idle.splice(0).map((session) => session.end()));
  }

  #leave(): void {
    this.#inUse--;
    this.#waiting.shift()?.();
  }
}
