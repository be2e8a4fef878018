import { type Database, prepare, type Row, type Sql, type Statements } from '../database/engine.ts';

/** A recorded event that is not in the table `jobs` yet. */
export interface NewJob {
  readonly call: number;
  readonly row: number;
  readonly eventId: string;
  readonly provider: string;
  readonly since: number;
}

/** The lease of a job that is taken in the transaction that records its event. */
export interface NewLease {
  readonly owner: string;
  readonly until: number;
  readonly leaseMs: number;
}

/** At most so many are in one row, which is written as a whole. */
const MOST = 256;

/** A job that was taken in the transaction that recorded its event, as in the JSON of `flights.jobs`. */
export type Flight = readonly [call: number, row: number, lease: number, until: number];

/** The jobs of one connection. */
interface Fleet {
  readonly name: string;
  readonly owner: string;
  readonly leaseMs: number;
  readonly jobs: Map<number, Flight>;
  isChanged: boolean;
}

export const FLIGHT_SQL: Sql<'load' | 'others' | 'add' | 'change' | 'remove' | 'land' | 'all'> = {
  load: 'SELECT name, owner, lease_ms, jobs FROM flights WHERE name = ?',
  others: `SELECT name, owner, lease_ms, jobs FROM flights WHERE name > '' AND name <> ?`,
  add: 'INSERT OR REPLACE INTO flights (name, revision, owner, lease_ms, wakes_at, jobs) VALUES (?, ?, ?, ?, ?, ?)',
  change: 'UPDATE flights SET revision = revision + 1, wakes_at = ?, jobs = ? WHERE name = ?',
  remove: 'DELETE FROM flights WHERE name = ?',
  land: `
    INSERT INTO jobs (call, id, event_id, provider, state, owner, token, wakes_at, span_ms, takes)
    SELECT call, recorded.id, event_id, provider, 3, ?, ?, ?, ?, 1 FROM recorded CROSS JOIN calls ON calls.id = call WHERE recorded.id = ?`,
  all: `SELECT jobs FROM flights WHERE name > ''`,
};

/**
 * The jobs in flight: taken in the transaction that recorded their event, as nearly all are, and without a result yet. All those of a
 * connection are in one row, so that a transaction writes one row for them and not two for each. A job is in flight only while nothing but its
 * result is awaited: whatever else happens to it first moves it to `jobs` ("lands" it). Later events of its call wait in `jobs` meanwhile.
 * The row is in the file with the commit that records the events, so after a crash any process lands them when their leases have ended.
 */
export class Flights {
  readonly #statements: Statements<typeof FLIGHT_SQL>;
  readonly #name: string;
  #own: Fleet;
  /** Of the row as it was last read or written; `null` if there was none, `undefined` if that is not known. */
  #revision: number | null | undefined;
  #nextRevision = 1;
  #hasOthers = false;
  #others: Fleet[] | undefined;

  constructor(db: Database, name: string) {
    this.#statements = prepare(db, FLIGHT_SQL);
    this.#name = name;
    this.#own = this.#emptyFleet();
  }

  /** @param revision of the row in the file: another process may have changed it */
  begin(revision: number | null, hasOthers: boolean): void {
    if (revision !== this.#revision) {
      const row = this.#statements.load.get(this.#name);
      this.#own = row === undefined ? this.#emptyFleet() : fleetOf(row);
      this.#revision = revision;
      this.#nextRevision = Math.max(this.#nextRevision, (revision ?? 0) + 1);
    }
    this.#hasOthers = hasOthers;
    this.#others = undefined;
  }

  /** Stores the changes of this transaction. */
  flush(): void {
    if (this.#own.isChanged) this.#storeOwn();
    for (const fleet of this.#others ?? []) if (fleet.isChanged) this.#storeOther(fleet);
  }

  /** The transaction is rolled back. */
  clear(): void {
    this.#revision = undefined;
  }

  /** Adds a job unless the row has no room for it, or belongs to another worker. */
  add({ call, row }: NewJob, lease: number, { owner, until, leaseMs }: NewLease): boolean {
    const { jobs } = this.#own;
    if (jobs.size === 0) this.#own = { ...this.#own, owner, leaseMs };
    if (jobs.size >= MOST || this.#own.owner !== owner || this.#own.leaseMs !== leaseMs) return false;
    jobs.set(call, [call, row, lease, until]);
    this.#own.isChanged = true;
    return true;
  }

  /** Removes a job of this connection that is done, and returns whether it was in flight. */
  finish(call: number, token: string): boolean {
    const flight = this.#own.jobs.get(call);
    if (flight === undefined || tokenOf(flight, this.#name) !== token) return false;
    this.#own.isChanged = true;
    return this.#own.jobs.delete(call);
  }

  /** The `recorded.id` of the job of a call, if it is in flight. */
  rowOf(call: number): number | undefined {
    return this.#fleetWith(call)?.jobs.get(call)?.[1];
  }

  /** Moves the job of a call to `jobs` if it is in flight. */
  land(call: number): void {
    const fleet = this.#fleetWith(call);
    if (fleet !== undefined) this.#land(fleet, fleet.jobs.get(call) as Flight);
  }

  /** Moves the jobs whose leases have ended to `jobs`. */
  landEnded(steady: number): void {
    this.#landAll((flight) => flight[3] <= steady);
  }

  /** Moves the jobs to `jobs` whose leases end later than they can: another clock set them. */
  landFarAhead(steady: number): void {
    this.#landAll((flight, { leaseMs }) => flight[3] > steady + leaseMs);
  }

  /** When the first lease ends. */
  wakesAt(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const fleet of this.#fleets()) first = Math.min(first, wakesAtOf(fleet));
    return first;
  }

  /** All jobs in flight, as the file has them: for a connection that only reads. */
  read(): Flight[] {
    return this.#statements.all.all().flatMap((row) => JSON.parse(row['jobs']) as Flight[]);
  }

  #fleets(): readonly Fleet[] {
    if (!this.#hasOthers) return [this.#own];
    this.#others ??= this.#statements.others.all(this.#name).map(fleetOf);
    return [this.#own, ...this.#others];
  }

  #fleetWith(call: number): Fleet | undefined {
    if (this.#own.jobs.has(call)) return this.#own;
    return this.#hasOthers ? this.#fleets().find(({ jobs }) => jobs.has(call)) : undefined;
  }

  #landAll(isWanted: (flight: Flight, fleet: Fleet) => boolean): void {
    for (const fleet of this.#fleets()) {
      for (const flight of fleet.jobs.values()) if (isWanted(flight, fleet)) this.#land(fleet, flight);
    }
  }

  #land(fleet: Fleet, flight: Flight): void {
    const [call, row, , until] = flight;
    this.#statements.land.run(fleet.owner, tokenOf(flight, fleet.name), until, fleet.leaseMs, row);
    fleet.jobs.delete(call);
    fleet.isChanged = true;
  }

  #storeOwn(): void {
    const { owner, leaseMs, jobs } = this.#own;
    this.#own.isChanged = false;
    if (jobs.size === 0) {
      this.#statements.remove.run(this.#name);
      this.#revision = null;
      return;
    }
    this.#revision = this.#nextRevision++;
    this.#statements.add.run(this.#name, this.#revision, owner, leaseMs, wakesAtOf(this.#own), jsonOf(this.#own));
  }

  #storeOther(fleet: Fleet): void {
    if (fleet.jobs.size === 0) this.#statements.remove.run(fleet.name);
    else this.#statements.change.run(wakesAtOf(fleet), jsonOf(fleet), fleet.name);
  }

  #emptyFleet(): Fleet {
    return { name: this.#name, owner: '', leaseMs: 0, jobs: new Map(), isChanged: false };
  }
}

/** The lease of a job: it tells where to find the job, and identifies the take. */
export function tokenOf([call, row, lease]: Flight | readonly [number, number, number], name: string): string {
  return `${call}.${row}.${lease}.${name}`;
}

function fleetOf({ name, owner, lease_ms: leaseMs, jobs }: Row): Fleet {
  const flights = JSON.parse(jobs) as Flight[];
  return { name, owner, leaseMs, jobs: new Map(flights.map((flight) => [flight[0], flight])), isChanged: false };
}

function wakesAtOf({ jobs }: Fleet): number {
  let first = Number.POSITIVE_INFINITY;
  for (const [, , , until] of jobs.values()) if (until < first) first = until;
  return first;
}

function jsonOf({ jobs }: Fleet): string {
  return JSON.stringify([...jobs.values()]);
}
