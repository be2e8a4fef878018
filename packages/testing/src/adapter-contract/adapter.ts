import type { IncomingMessage, Server } from 'node:http';
import type { CallbackReceiver } from '@call-status/core/adapter';
import type { Seen } from './application.ts';

/** An adapter to test. */
export interface Adapter {
  /** The ways to mount it; the first is the one in its README. */
  readonly mounts: readonly [Mount, ...Mount[]];
  /** The body parsers that applications of this framework use. */
  readonly parsers: readonly Parser[];
  /** Starts a server on 127.0.0.1 with the application that the setup describes. */
  start(setup: Setup): Promise<Server>;
}

/** A way to mount an adapter. */
export interface Mount {
  readonly name: string;
  /** Whether the adapter then knows that the URL is only for callbacks. */
  readonly callbackOnly: boolean;
}

/** An arrangement of body parsers. */
export interface Parser {
  readonly name: string;
  /** The encodings that it reads. */
  readonly reads: readonly ('form' | 'json' | 'multipart')[];
  /** Whether the adapter still has the bytes of the body if the parser ran first. */
  readonly keepsBytes?: boolean;
  /** Whether it leaves the whole body as bytes or text, instead of fields. */
  readonly leavesWhole?: boolean;
}

/** An application to start: call-status at `path`, and everything else answered by `application`. */
export interface Setup {
  /** What to mount: `callStatusMiddleware(endpoint)`. */
  readonly endpoint: CallbackReceiver;
  /** Where to mount it: one mount path inside another. */
  readonly path: string;
  /** The name of one of the mounts. */
  readonly mount: string;
  /** The name of one of the parsers, which the whole application uses. */
  readonly parser?: string | undefined;
  /** Whether the parser runs before or after the adapter. */
  readonly order: 'before' | 'after';
  /** Whether the framework trusts what a proxy reports about the URL. */
  readonly trustProxy: boolean;
  /** The application's own code. It resolves to the answer, to be sent as JSON with status 201. */
  application(req: IncomingMessage, parsed: unknown, event: unknown): Promise<Seen>;
  /** What the application does before the adapter runs. */
  arriving(): Promise<void>;
  /** What it does after the adapter has answered, if the framework allows it. */
  leaving(): Promise<void>;
}
