/** One server in a process of its own: `node server.js <name>`. Tells what its requests cost. */
import { answerWith } from './child.ts';
import { SERVERS, type ServerName } from './servers/servers.ts';

/** What a server process can be told. */
export type ServerMessage = 'start' | 'begin' | 'end';

/** CPU and requests since `begin`. */
export interface ServerCost {
  /** Microseconds, user and system, of all threads. */
  readonly cpu: number;
  readonly handled: number;
}

const name = process.argv[2] as ServerName;
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
  }
});
