import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { expect, it } from 'vitest';
import { anEvent } from '../../test/events.ts';
import { openInbox, temporaryFile } from '../../test/support.ts';
import { checkFile } from './check.ts';
import { MIGRATIONS } from './schema/schema.ts';

const PAGE_BYTES = 4096;

async function fileOfManyCalls(): Promise<string> {
  const path = temporaryFile();
  const inbox = openInbox({ path });
  await Promise.all(Array.from({ length: 200 }, (_, at) => inbox.record(anEvent(`call-${at}`))));
  await inbox.close();
  return path;
}

function overwrite(path: string, bytes: Buffer, at: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}

it('finds nothing in a file that is in use, and changes nothing', async () => {
  const path = await fileOfManyCalls();
  const inbox = openInbox({ path });
  await inbox.record(anEvent('one more'));
  const before = readFileSync(path);
  expect(checkFile(path)).toEqual({ version: MIGRATIONS.length, needed: MIGRATIONS.length, problems: [] });
  expect(readFileSync(path)).toEqual(before);
});

it('finds pages that are damaged', async () => {
  const path = await fileOfManyCalls();
  const last = Math.floor(statSync(path).size / PAGE_BYTES) - 1;
  for (let page = last - 20; page <= last; page++) overwrite(path, Buffer.alloc(200, 0xff), page * PAGE_BYTES);
  const { problems } = checkFile(path);
  expect(problems.length).toBeGreaterThan(0);
});

it('names the file in its errors', async () => {
  const path = temporaryFile();
  expect(() => checkFile(path)).toThrow(expect.objectContaining({ code: 'inbox_missing' }));
  const damaged = await fileOfManyCalls();
  overwrite(damaged, Buffer.from('no database at all'), 0);
  expect(() => checkFile(damaged)).toThrow(
    expect.objectContaining({ code: 'inbox_corrupted', details: expect.objectContaining({ path: damaged }) }),
  );
});
