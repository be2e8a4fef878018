// Every snippet of every README is type-checked; the quick starts and the curl commands are run.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const snippets = path.join(import.meta.dirname, 'snippets');
const packages = readdirSync(path.join(root, 'packages')).map((name) => `packages/${name}/README.md`);
const readmes = ['README.md', ...packages].filter((readme) => existsSync(path.join(root, readme)));
const secrets = {
  SIGNALWIRE_SIGNING_KEY: 'PSKtest1234567890abcdef',
  VOICEDOCK_SECRET: 'whsec_test_secret',
  EXOTEL_TOKEN: 'exotel-token',
  MYCPAAS_TOKEN: 'mycpaas-token',
};

const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.kill('SIGKILL')) await once(child, 'exit');
  }
});

describe('snippets', () => {
  const files = readmes.flatMap((readme) => writeSnippets(readme));

  it('type-check', () => {
    expect(files.length).toBeGreaterThan(8);
    const require = createRequire(import.meta.url);
    const tsc = path.join(path.dirname(require.resolve('typescript/package.json')), 'bin/tsc');
    const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', snippets], { encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  it.each(['express', 'koa', 'fastify'])('the quick start of %s runs', async (framework) => {
    const quickStart = files.find(
      ({ code }) => code.includes(`from '@call-status/${framework}'`) && code.includes('onCompleted'),
    );
    const port = await freePort();
    const server = start(quickStart?.file ?? '', { PORT: String(port), ...secrets });
    const url = `http://127.0.0.1:${port}/webhooks/voice`;
    const fields = { CallDuration: '142', CallSid: 'b3877c40-da60-4998-90ad-b792e98472ca', CallStatus: 'completed' };
    const signed = url + Object.entries(fields).flat().join('');
    const signature = createHmac('sha1', secrets.SIGNALWIRE_SIGNING_KEY).update(signed).digest('base64');
    const callback = {
      method: 'POST',
      headers: { 'x-signalwire-signature': signature },
      body: new URLSearchParams(fields),
    };
    expect((await untilUp(url, callback)).status).toBe(200);
    await server.printed('b3877c40-da60-4998-90ad-b792e98472ca took 142 seconds');
  });
});

describe.skipIf(!has('curl', '--version') || !has('openssl', 'version'))(
  'the curl commands, where curl and openssl are installed',
  () => {
    it('are answered 200 by the example', async () => {
      const directory = mkdtempSync(path.join(tmpdir(), 'call-status-'));
      const server = start(path.join(root, 'examples/express/server.ts'), {
        ...secrets,
        PORT: '0',
        INBOX: path.join(directory, 'calls.db'),
      });
      const [, port = ''] = /"port":(\d+)/.exec(await server.printed('listening')) ?? [];
      const commands = blocks('README.md', 'sh').filter((block) => block.includes('curl'));
      expect(commands.length).toBe(2);
      for (const command of commands) {
        const env = { ...process.env, ...secrets, PORT: port };
        expect(execFileSync('sh', ['-c', command], { encoding: 'utf8', env, stdio: 'pipe' })).toContain('200 OK');
      }
      await server.printed('CA1234567890abcdef');
      await server.printed('b3877c40');
      rmSync(directory, { recursive: true });
    });
  },
);

interface Snippet {
  readonly file: string;
  readonly code: string;
}

function blocks(readme: string, language: string): readonly string[] {
  const text = readFileSync(path.join(root, readme), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code = '']) => code);
}

function writeSnippets(readme: string): readonly Snippet[] {
  if (readme === 'README.md') {
    rmSync(snippets, { recursive: true, force: true });
    mkdirSync(snippets);
    const compilerOptions = { noEmit: true, noPropertyAccessFromIndexSignature: false, noUnusedLocals: false };
    const tsconfig = { extends: '../../tsconfig.base.json', compilerOptions, include: ['*.ts'] };
    writeFileSync(path.join(snippets, 'tsconfig.json'), JSON.stringify(tsconfig));
  }
  return blocks(readme, 'ts').map((code, index) => {
    const file = path.join(snippets, `${readme.replace(/\W+/g, '-')}-${index + 1}.ts`);
    writeFileSync(file, `${code}\nexport {};\n`);
    return { file, code };
  });
}

function start(file: string, env: Record<string, string>): { printed(text: string): Promise<string> } {
  const child = spawn(process.execPath, ['--import', 'tsx', file], { env: { ...process.env, ...env }, stdio: 'pipe' });
  children.push(child);
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  child.stderr.on('data', (data) => {
    output += data;
  });
  return {
    async printed(text) {
      for (let tries = 0; tries < 400 && child.exitCode === null; tries += 1) {
        const line = output.split('\n').find((candidate) => candidate.includes(text));
        if (line !== undefined) return line;
        await sleep(50);
      }
      throw new Error(`It did not print ${JSON.stringify(text)}, but:\n${output}`);
    },
  };
}

async function untilUp(url: string, init: RequestInit): Promise<Response> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await fetch(url, init);
    } catch (error) {
      if (tries === 200) throw error;
      await sleep(100);
    }
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

function has(command: string, argument: string): boolean {
  return spawnSync(command, [argument], { stdio: 'ignore' }).status === 0;
}
