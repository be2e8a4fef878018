import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A way to a server that can be cut: what goes through it breaks, and nothing comes through until it is joined again. */
export interface Cable {
  readonly url: string;
  cut(): Promise<void>;
  join(): Promise<void>;
}

/** Leads to a server through a port of its own. It ends after the test. */
export async function cableTo(url: string): Promise<Cable> {
  const target = Number(new URL(url).port);
  const sockets = new Set<Socket>();
  let server: Server;
  let port = 0;
  const cable = {
    url: '',
    async join() {
      server = createServer((incoming) => {
        const outgoing = connect(target, '127.0.0.1');
        for (const socket of [incoming, outgoing])
          sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)));
        incoming.pipe(outgoing).pipe(incoming);
      });
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      ({ port } = server.address() as AddressInfo);
      cable.url = `http://127.0.0.1:${port}/`;
    },
    async cut() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  await cable.join();
  onTestFinished(() => cable.cut());
  return cable;
}
