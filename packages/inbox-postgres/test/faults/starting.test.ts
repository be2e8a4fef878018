import { execFile } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { migrations } from '../../src/schema/schema.ts';
import { queryAt } from '../servers/postgres.ts';
import { freshDatabase, sharedServer } from '../servers/test-server.ts';
import { openInbox } from './set-up.ts';

const server = await sharedServer();
const starter = fileURLToPath(new URL('./starter.ts', import.meta.url));
const run = promisify(execFile);

describe.skipIf(server === undefined)('inboxes that start together', () => {
  it('create one schema, in many processes, on an empty database', async () => {
    const url = await freshDatabase(server as string);
    await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((name) =>
        run(process.execPath, ['--import', 'tsx', starter, url, 'calls', name, '4']),
      ),
    );
    expect(await queryAt(url, 'SELECT version FROM calls.migrations')).toHaveLength(migrations('').length);
    const inbox = await openInbox({ url, schema: 'calls' });
    expect(await inbox.counts()).toMatchObject({ live: 20, waiting: 20 });
  });
});
