import type { IncomingMessage, Server } from 'node:http';
import type { CallbackReceiver } from '@call-status/core/adapter';
import type { Seen } from './application.ts';

/** An adapter, as the suite sees it. */
export interface Adapter {
  /** The ways to mount it; the first is the one that its README shows. */
  readonly mounts: readonly [Mount, ...Mount[]];
  /** The body parsers that applications of this framework have. */
  readonly parsers: readonly Parser[];
  /** Starts a server on 127.0.0.1 whose application is as the setup says. */
  start(setup: Setup): Promise<Server>;
}

/** A way to mount an adapter. */
export interface Mount {
  readonly name: string;
  /** Whether the adapter then knows that the URL is for callbacks alone. */
  readonly callbackOnly: boolean;
}

/** An arrangement of body parsers. */
export interface Parser {
  readonly name: string;
  /** The encodings that it reads. */
  readonly reads: readonly ('form' | 'json' | 'multipart')[];
  /** Whether the adapter has the bytes of the body all the same when the parser ran before it. */
  readonly keepsBytes?: boolean;
  /** Whether it leaves the whole body, as bytes or a text, where others leave fields. */
  readonly leavesWhole?: boolean;
}

/** An application to start: call-status at `path`, and everything else answered by `application`. */
export interface Setup {
  /** What to mount: `callStatusMiddleware(endpoint)`. */
  readonly endpoint: CallbackReceiver;
  /** Where: one mount path in another. */
  readonly path: string;
  /** The name of one of the mounts. */
  readonly mount: string;
  /** The name of one of the parsers, which the whole application uses. */
  readonly parser?: string | undefined;
  /** Whether the parser runs before or after the adapter. */
  readonly order: 'before' | 'after';
  /** Whether the framework believes what a proxy says of the URL. */
  readonly trustProxy: boolean;
  /** The application's own code. What it resolves to is the answer, as JSON with the status 201. */
  application(req: IncomingMessage, parsed: unknown, event: unknown): Promise<Seen>;
  /** What the application does before the adapter has its turn. */
  arriving(): Promise<void>;
  /** What it does once the adapter has answered, where the framework allows it. */
  leaving(): Promise<void>;
}
