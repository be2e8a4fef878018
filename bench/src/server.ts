/** One server in a process of its own: `node server.js <name>`. Tells what its requests cost. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { answerWith } from './child.ts';
import { SERVERS, type ServerName } from './servers/servers.ts';

/** What a server process can be told. */
export type ServerMessage = 'start' | 'begin' | 'end' | 'watch' | 'delays';

/** CPU and requests since `begin`. */
export interface ServerCost {
  /** Microseconds, user and system, of all threads. */
  readonly cpu: number;
  readonly handled: number;
}

/** How late the event loop was since `watch`, in milliseconds. */
export interface LoopDelays {
  readonly p99: number;
  readonly longest: number;
}

const name = process.argv[2] as ServerName;
const loop = monitorEventLoopDelay({ resolution: 1 });
let handled = 0;
let begun = { cpu: process.cpuUsage(), handled };

answerWith(async (message: ServerMessage): Promise<unknown> => {
  switch (message) {
    case 'start':
      return SERVERS[name]((callId, status) => {
        // Both are read, so that no server gets away with not having them.
        if (typeof callId === 'string' && typeof status === 'string' && callId.length * status.length > 0) handled++;
      });
    case 'begin':
      begun = { cpu: process.cpuUsage(), handled };
      return undefined;
    case 'end': {
      const { user, system } = process.cpuUsage(begun.cpu);
      return { cpu: user + system, handled: handled - begun.handled } satisfies ServerCost;
    }
    case 'watch':
      loop.enable();
      loop.reset();
      return undefined;
    case 'delays':
      return { p99: loop.percentile(99) / 1e6, longest: loop.max / 1e6 } satisfies LoopDelays;
  }
});
