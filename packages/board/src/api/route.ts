import type { Inbox } from '@call-status/core';
import type { Visitor } from '../access/visitor.ts';
import type { BoardLog } from '../board-log.ts';
import type { Query } from '../http/query.ts';
import type { HealthReader } from '../live/health-reader.ts';
import type { Live } from '../live/live.ts';
import type { BoardCalls } from '../options.ts';
import type { Keys } from '../privacy/keys.ts';
import type { Privacy } from '../privacy/privacy.ts';
import type { Permissions } from './types.ts';

/** What all routes use. */
export interface Parts {
  readonly inbox: Inbox;
  readonly health: HealthReader;
  readonly live: Live;
  readonly keys: Keys;
  readonly log: BoardLog;
  /** The receiver of this process, if there is one. */
  readonly calls: BoardCalls | undefined;
  /** Where callbacks go, if the application says so. It may have secrets. */
  readonly callbackUrl: string | undefined;
  /** A sentence that every page shows. */
  readonly notice: string | undefined;
}

/** A request of a visitor who may send it. */
export interface Visit {
  readonly request: Request;
  readonly query: Query;
  readonly visitor: Visitor;
  /** The user, or else the address of the client: live streams are shared among these. */
  readonly owner: string;
  readonly privacy: Privacy;
  /** Of a POST. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** One method of a resource: resolves to JSON, or to a response that is not JSON. */
export interface Route {
  readonly needs: keyof Permissions;
  readonly answer: (visit: Visit, parts: Parts) => Promise<object> | object;
}
