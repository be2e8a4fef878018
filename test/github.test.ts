// What GitHub and Renovate read: valid by GitHub's own parser, pinned, and with no more permissions than needed.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { tsImport } from 'tsx/esm/api';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../scripts/packages.ts';

// It imports JSON files as only bundlers and tsx can.
const { NoOperationTraceWriter, parseWorkflow } = (await tsImport(
  '@actions/workflow-parser',
  import.meta.url,
)) as typeof import('@actions/workflow-parser');

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: {
    readonly matrix: { readonly os?: string[]; readonly node?: number[]; readonly postgres?: number[] };
  };
  readonly services?: Readonly<Record<string, { readonly image: string; readonly ports: readonly string[] }>>;
  readonly steps?: readonly { readonly env?: Readonly<Record<string, string>> }[];
}

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const filesIn = (folder: string) => readdirSync(path.join(ROOT, folder)).map((file) => `${folder}/${file}`);
const faultsOf = (name: string, content: string) =>
  parseWorkflow({ name, content }, new NoOperationTraceWriter())
    .context.errors.getErrors()
    .map(({ message }) => message);

const workflows = filesIn('.github/workflows');

it('finds a fault in a workflow', () => {
  const faulty = read('.github/workflows/ci.yml').replace('contents: read', 'contnts: read');
  expect(faultsOf('faulty.yml', faulty)).toEqual([expect.stringContaining("Unexpected value 'contnts'")]);
});

describe.each(workflows)('%s', (file) => {
  const workflow = parse(read(file)) as Workflow;

  it('is valid', () => {
    expect(faultsOf(file, read(file))).toEqual([]);
  });

  it('pins every action by its commit, and names the version', () => {
    for (const [, action] of read(file).matchAll(/uses: (.*)/g)) {
      expect(action).toMatch(/^(\.\/.*|[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
    }
  });

  it('writes only where a job asks for it', () => {
    expect(Object.values(workflow.permissions)).not.toContain('write');
  });
});

it('one job signs the provenance, and can write nothing else', () => {
  const { jobs } = parse(read('.github/workflows/release.yml')) as Workflow;
  const signing = Object.values(jobs).filter(({ permissions }) => permissions?.['id-token'] !== undefined);
  expect(signing.map(({ permissions }) => permissions)).toEqual([{ contents: 'read', 'id-token': 'write' }]);
});

it('CI runs .ci/run on every Node and system that is supported', () => {
  const ci = read('.github/workflows/ci.yml');
  expect(ci).toContain('run: .ci/run');
  const { os, node } = (parse(ci) as Workflow).jobs['check']?.strategy?.matrix ?? {};
  expect(os).toEqual(['ubuntu-latest', 'macos-latest', 'windows-latest']);
  expect(node).toEqual([20, 22, 24]);
  expect(read('package.json')).toContain('"node": ">=20.19"');
});

it('CI runs the PostgreSQL inbox on the oldest version that is supported, and on a current one', () => {
  const { strategy, services, steps } = (parse(read('.github/workflows/ci.yml')) as Workflow).jobs['postgres'] ?? {};
  const [oldest, newest] = strategy?.matrix.postgres ?? [];
  expect(read('packages/inbox-postgres/README.md')).toContain(`PostgreSQL ${oldest} or later`);
  expect(newest).toBeGreaterThanOrEqual(18);
  expect(services?.['postgres']).toMatchObject({
    image: expect.stringContaining('matrix.postgres'),
    ports: ['5432:5432'],
  });
  expect(steps?.at(-1)?.env?.['CALL_STATUS_POSTGRES_URL']).toBe('postgres://postgres@127.0.0.1:5432/postgres');
});

it('.ci/run leaves out files that exist', () => {
  const excluded = [...read('.ci/run').matchAll(/--exclude '(.*?)'/g)].map(([, glob = '']) => glob);
  expect(excluded.length).toBeGreaterThan(0);
  for (const glob of excluded) {
    expect(execFileSync('git', ['ls-files', `:(glob)${glob}`], { cwd: ROOT, encoding: 'utf8' }), glob).not.toBe('');
  }
});

const forms = filesIn('.github/ISSUE_TEMPLATE').filter((file) => !file.endsWith('config.yml'));

it.each(forms)('%s is a form', (file) => {
  const form = parse(read(file));
  expect(form).toEqual({
    name: expect.any(String),
    description: expect.any(String),
    labels: [expect.any(String)],
    body: expect.any(Array),
  });
  const fields = form.body.filter(({ type }: { type: string }) => type !== 'markdown');
  for (const { type, id, attributes } of fields) {
    expect(type).toMatch(/^(input|textarea|dropdown|checkboxes)$/);
    expect(id).toMatch(/^[a-z]+$/);
    expect(attributes.label).toEqual(expect.any(String));
    if (type === 'dropdown' || type === 'checkboxes') expect(attributes.options.length).toBeGreaterThan(0);
  }
  const ids = fields.map(({ id }: { id: string }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

it('no file for GitHub has an address of this repository, which is not decided', () => {
  const files = [
    ...workflows,
    ...filesIn('.github/ISSUE_TEMPLATE'),
    'SECURITY.md',
    'CODE_OF_CONDUCT.md',
    'renovate.json',
  ];
  for (const file of [...files, 'CONTRIBUTING.md', '.github/pull_request_template.md']) {
    expect(read(file), file).not.toMatch(/github\.com\/|@[\w-]+\.(com|org|dev)\b/);
  }
});
