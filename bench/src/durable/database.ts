import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A server that the benchmark has started, in a temporary folder, with fsync on. */
export interface DatabaseServer {
  readonly url: string;
  /** Microseconds that it has used so far, in all its processes. Linux only, elsewhere `NaN`. */
  cpu(): number;
  stop(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SERVE = fileURLToPath(new URL('../../../packages/inbox-postgres/test/servers/serve.ts', import.meta.url));

/** Starts the newest installed PostgreSQL; `undefined` if there is none. */
export async function startPostgres(): Promise<DatabaseServer | undefined> {
  const child = spawn(process.execPath, ['--import', 'tsx', SERVE], { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), exit.then(() => [undefined])]);
  if (line === undefined) return undefined;
  const { url, pid } = JSON.parse(line) as { url: string; pid: number };
  return {
    url,
    cpu: () => cpuOf(pid),
    async stop() {
      child.stdin.end();
      await exit;
    },
  };
}

/** Starts Redis, which syncs its log before it answers; `undefined` if it is not installed. */
export async function startRedis(): Promise<DatabaseServer | undefined> {
  if (spawnSync('redis-server', ['--version']).status !== 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'call-status-redis-'));
  const port = await freePort();
  const settings = { port, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'yes', appendfsync: 'always' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn('redis-server', args, { stdio: 'ignore' });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error('Redis did not start.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    cpu: () => cpuOf(child.pid ?? 0),
    async stop() {
      process.off('exit', kill);
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill();
  await exit;
}

/** A process and its children, also those that have ended. */
function cpuOf(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN;
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
  );
  return ticksOf(String(pid), 4) + children.reduce((sum, child) => sum + ticksOf(child, 2), 0);
}

const MICROSECONDS_PER_TICK = 10_000;

/** @param count 2: user and system time of the process; 4: also those of its children that have ended */
function ticksOf(pid: string, count: 2 | 4): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const times = fields.slice(11, 11 + count).map(Number);
    return times.reduce((sum, time) => sum + time, 0) * MICROSECONDS_PER_TICK;
  } catch {
    return 0;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
      .on('connect', () => {
        socket.destroy();
        resolve(true);
      })
      .on('error', () => resolve(false));
  });
}
