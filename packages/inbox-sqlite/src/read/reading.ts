import type { Database } from '../database/engine.ts';
import type { Flights } from '../store/flights.ts';
import type { StoredWorkers } from '../store/workers.ts';
import { StoredCalls } from './calls.ts';
import { ExportedCalls } from './export.ts';
import { Feed } from './feed.ts';
import { HandledEvents } from './handled.ts';
import { StoredHealth } from './health.ts';
import { CallLists } from './lists.ts';
import { CallStats } from './stats.ts';
import { WatchedCalls } from './watches.ts';

/** What a connection reads outside of transactions. */
export class Reading {
  readonly calls: StoredCalls;
  readonly exported: ExportedCalls;
  readonly lists: CallLists;
  readonly feed: Feed;
  readonly stats: CallStats;
  readonly handled: HandledEvents;
  readonly watches: WatchedCalls;
  readonly health: StoredHealth;

  constructor(db: Database, flights: Flights, workers: StoredWorkers) {
    this.calls = new StoredCalls(db);
    this.exported = new ExportedCalls(db, flights);
    this.lists = new CallLists(db);
    this.feed = new Feed(db);
    this.stats = new CallStats(db);
    this.handled = new HandledEvents(db, flights);
    this.watches = new WatchedCalls(db);
    this.health = new StoredHealth(db, flights, { workers, watches: this.watches });
  }
}
