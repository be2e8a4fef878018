// The quick starts of the README and the curl commands of the examples do what they say.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../packages/cli/test/run.ts';
import { freePort, start, untilUp } from './programs.ts';
import { blocks, read, root, snippetFolder, writeSnippets } from './snippets.ts';

const secrets = {
  SIGNALWIRE_SIGNING_KEY: 'PSKtest1234567890abcdef',
  VOICEDOCK_SECRET: 'whsec_test_secret',
  EXOTEL_TOKEN: 'exotel-token',
  MYCPAAS_TOKEN: 'mycpaas-token',
};

describe('the README', () => {
  const quickStarts = writeSnippets(snippetFolder('readme-snippets'), 'README.md');

  it('is one page', () => {
    expect(read('README.md').split('\n').length).toBeLessThan(180);
  });

  it('has the two commands that need nothing but Node: the demo, and the tests that .ci/run runs', () => {
    const { packageManager, scripts } = JSON.parse(read('package.json')) as {
      packageManager: string;
      scripts: Record<string, string>;
    };
    const [pnpm = ''] = packageManager.split('+');
    for (const command of ['run demo', 'test']) expect(read('README.md')).toContain(`npx -y ${pnpm} ${command}\n`);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['demo', 'test']));
    expect(read('.ci/run')).toMatch(/^ {2}pnpm test$/m);
  });

  it.each(['express', 'koa', 'fastify'])('has a quick start of %s that runs', async (framework) => {
    const quickStart = quickStarts.find(({ code }) => code.includes(`from '@call-status/${framework}'`));
    const port = await freePort();
    const directory = mkdtempSync(path.join(tmpdir(), 'call-status-'));
    const server = start(quickStart?.file ?? '', {
      PORT: String(port),
      INBOX: path.join(directory, 'calls.db'),
      ...secrets,
    });
    const url = `http://127.0.0.1:${port}/webhooks/voice`;
    const fields = { CallDuration: '142', CallSid: 'b3877c40-da60-4998-90ad-b792e98472ca', CallStatus: 'completed' };
    const signed = url + Object.entries(fields).flat().join('');
    const signature = createHmac('sha1', secrets.SIGNALWIRE_SIGNING_KEY).update(signed).digest('base64');
    const callback = {
      method: 'POST',
      headers: { 'x-signalwire-signature': signature },
      body: new URLSearchParams(fields),
    };
    expect((await untilUp(server, url, callback)).status).toBe(200);
    await server.printed('b3877c40-da60-4998-90ad-b792e98472ca took 142 seconds');

    // Which callback, where to: everything but the port is as the page shows it.
    const { exitCode, stdout, stderr } = await run(
      commandOf('trigger').map((argument) => argument.replace(':3000', `:${port}`)),
      { env: secrets },
    );
    expect([exitCode, stdout], stderr).toEqual([0, expect.stringContaining('<-- 200')]);
    const [, inbox = ''] = commandOf('board');
    expect(quickStart?.code).toContain(`sqliteInbox({ path: '${inbox}' })`);
  });

  /** The arguments of a command that the page shows. */
  function commandOf(name: string): readonly string[] {
    const [, line = ''] = new RegExp(`^npx call-status (${name} .*)$`, 'm').exec(read('README.md')) ?? [];
    return line.split(' ');
  }
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
      const commands = blocks('examples/README.md', 'sh').filter((block) => block.includes('curl'));
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

function has(command: string, argument: string): boolean {
  return spawnSync(command, [argument], { stdio: 'ignore' }).status === 0;
}
