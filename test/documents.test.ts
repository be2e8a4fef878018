// What the documents say is what the code does, and their links lead somewhere.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import * as core from '@call-status/core';
import { expect, it } from 'vitest';
import { publicPackages } from '../scripts/packages.ts';
import {
  choiceTables,
  emptyPage,
  errorSections,
  partsOfFixtures,
  providersTable,
  providerTables,
  rulesTable,
  scenariosTable,
  withGenerated,
} from './generated.ts';
import { documents, read, root } from './snippets.ts';

const { builtInProviders, createCallStatus, signalwire } = core;

// After a change of the code: npx vitest run test/documents.test.ts -u
it.each<[page: string, generate: () => string]>([
  ['docs/errors.md', errorSections],
  ['docs/providers/README.md', providersTable],
  ['docs/choosing-a-provider.md', choiceTables],
  ['docs/testing.md', scenariosTable],
  ['docs/cli.md', rulesTable],
  ...builtInProviders.map(
    ({ definition }) =>
      [`docs/providers/${definition.name}.md`, () => providerTables(definition)] as [string, () => string],
  ),
])('the tables of %s are written from the code', async (page, generate) => {
  const file = path.join(root, page);
  const text = existsSync(file) ? read(page) : emptyPage(path.basename(page, '.md'));
  await expect(withGenerated(text, generate())).toMatchFileSnapshot(file);
});

it('docs/events.md has every part of an event', () => {
  const named = new Set([...read('docs/events.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, part]) => part));
  expect([...partsOfFixtures()].filter((part) => !named.has(part))).toEqual([]);
});

it.each([
  ['docs/options.md', '## `createCallStatus()`', 'CallStatusOptions'],
  ['docs/inboxes.md', '## The memory inbox', 'MemoryInboxOptions'],
  ['docs/sqlite.md', '## Options', 'SqliteInboxOptions'],
  ['docs/postgres.md', '## Options', 'PostgresPlace', 'PostgresSettings'],
  ['docs/board.md', '## Options', 'BoardOptions'],
])('%s has every option under "%s", and no other', (page, heading, ...types) => {
  const section = read(page).split(`${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const listed = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(new Set(listed)).toEqual(new Set(types.flatMap(membersOf)));
});

/** The names of the members of an interface, or of a union of objects, as its source has them. */
function membersOf(type: string): readonly string[] {
  const body = new RegExp(`^export (?:interface ${type}\\b.*?^}|type ${type} =.*?^ {4}};)`, 'ms');
  const [declaration = ''] = sources().flatMap((file) => body.exec(read(file))?.[0] ?? []);
  return [...declaration.matchAll(/^ {2}(?: {4})?(?:readonly )?(\w+)\??(?:\(|:(?! never))/gm)].map(
    ([, name = '']) => name,
  );
}

function sources(): readonly string[] {
  return publicPackages().flatMap(({ folder }) =>
    readdirSync(path.join(folder, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.includes('.test'))
      .map((file) => path.relative(root, path.join(folder, 'src', file))),
  );
}

it('callbackParams() and callbackAttributes() make what the pages show', () => {
  const calls = documents.flatMap((page) => [
    ...read(page).matchAll(/^(\w+\.callback(?:Params|Params\.attributes|Attributes)\(.*?\));.*\n\/\/ (\{.*\})$/gm),
  ]);
  expect(calls.length).toBeGreaterThan(4);
  for (const [, call = '', result = ''] of calls) {
    const run = (expression: string): unknown => runInNewContext(`(${expression})`, { ...core });
    expect(run(call), call).toEqual(run(result));
  }
});

it.each(documents)('%s has no dead link', (document) => {
  for (const { file, anchor } of linksIn(document)) {
    expect(existsSync(path.join(root, file)), file).toBe(true);
    if (anchor !== undefined) expect(anchorsIn(read(file)), `${file}#${anchor}`).toContain(anchor);
  }
});

it('the index leads to every page of the manual', () => {
  const reached = new Set(['docs/README.md']);
  for (const page of reached) {
    // A page in the text of another is not in the index.
    if (path.basename(page) !== 'README.md') continue;
    for (const { file } of linksIn(page)) if (file.startsWith('docs/')) reached.add(file);
  }
  expect(documents.filter((page) => page.startsWith('docs/') && !reached.has(page))).toEqual([]);
});

/** The links of a document to files of the repository, by their path from its root. */
function linksIn(document: string): readonly { file: string; anchor: string | undefined }[] {
  const text = read(document).replace(/^```.*?^```/gms, '');
  return [...text.matchAll(/\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(([, target = '', anchor]) => ({
    file: target === '' ? document : path.join(path.dirname(document), target),
    anchor,
  }));
}

/** The anchors that its headings get. */
function anchorsIn(text: string): readonly string[] {
  return [...text.replace(/^```.*?^```/gms, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it('the README shows an event as it is', async () => {
  const [, json = '{}'] = /```json\n(.*?)```/s.exec(read('README.md')) ?? [];
  const { trust, raw, ...shown } = JSON.parse(json) as Record<string, unknown> & { raw: object; receivedAt: string };
  const fields = {
    ...raw,
    AccountSid: 'b3877c40-da60-4998-90ad-b792e98472af',
    Direction: 'outbound-api',
    From: '+15551234567',
    To: '+18005550199',
    Timestamp: 'Thu, 04 Apr 2024 18:32:15 +0000',
    SequenceNumber: '4',
    CallDuration: '142',
    HangupBy: '+15551234567',
    HangupDirection: 'outbound',
    AudioInMos: '4.5',
  };
  const calls = createCallStatus({
    providers: [signalwire()],
    clock: () => Date.parse(shown.receivedAt),
    log: { warn() {}, error() {} },
  });
  const receipt = await calls.receive({
    method: 'POST',
    url: '/',
    origin: 'https://h.example',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(fields)),
  });
  await calls.close();
  expect(receipt?.event).toEqual({ ...shown, trust: 'none', raw: fields });
  expect(trust).toBe('signed');
});
