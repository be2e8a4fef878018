/** Publishes the public packages whose version the registry does not have; `--dry-run` publishes nothing. Build and check first. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from './pack.ts';
import { publicPackages, run } from './packages.ts';
import { REPOSITORY } from './repository.ts';

if (REPOSITORY === undefined) {
  console.error(
    'Not released: the repository has no address yet. Set REPOSITORY in scripts/repository.ts, from which every package gets its repository, homepage and bugs. The registry refuses provenance without it.',
  );
  process.exit(1);
}
const scratch = mkdtempSync(join(tmpdir(), 'call-status-release-'));
try {
  const tarballs = pack(scratch);
  for (const { name, version } of publicPackages().map(({ manifest }) => manifest)) {
    if (version === '0.0.0') throw new Error(`${name} has no version: run version-packages first.`);
    if (isPublished(name, version)) console.log(`${name} ${version} is published.`);
    else
      run('npm', [
        'publish',
        String(tarballs.get(name)),
        '--access',
        'public',
        '--provenance',
        ...process.argv.slice(2),
      ]);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Whether the registry has it; if it does not answer, publishing fails anyway. */
function isPublished(name: string, version: string): boolean {
  const { stdout } = spawnSync(`npm view ${name}@${version} version`, { shell: true, encoding: 'utf8' });
  return stdout.trim() === version;
}
