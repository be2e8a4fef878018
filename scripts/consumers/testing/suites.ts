/** The contracts, for a provider, an inbox and an adapter of our own. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import {
  adapterContract,
  type ContractTest,
  inboxContract,
  providerContract,
  readFixtures,
} from '@call-status/testing';
import { acme } from './acme.ts';
import { callStatusListener, eventOf } from './node-adapter.ts';
import { ToyInbox } from './toy-inbox.ts';

const fixtures = readFixtures(acme, new URL('../fixtures/', import.meta.url));

export const suites: Readonly<Record<string, readonly ContractTest[]>> = {
  'the provider acme': providerContract(acme, { fixtures }),
  'a toy inbox': await inboxContract(({ clock }) => {
    const inbox = new ToyInbox(clock);
    return { inbox, cleanup: () => inbox.close() };
  }),
  'an adapter for node:http': adapterContract({
    mounts: [{ name: 'its path', callbackOnly: true }],
    parsers: [],
    async start({ endpoint, path, trustProxy, application, arriving, leaving }) {
      const answer: RequestListener = async (req, res) => {
        const seen = await application(req, undefined, eventOf.get(req));
        res.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(seen));
      };
      const listener = callStatusListener(endpoint, { path, trustProxy, application: answer });
      const server = createServer(async (req, res) => {
        await arriving();
        listener(req, res);
      }).listen(0, '127.0.0.1');
      void leaving;
      await once(server, 'listening');
      return server;
    },
  }),
};
