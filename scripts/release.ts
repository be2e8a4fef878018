/** Publishes every public package; `--dry-run` publishes nothing. Build and check first. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from './pack.ts';
import { run } from './packages.ts';
import { REPOSITORY } from './repository.ts';

if (REPOSITORY === undefined) {
  console.error('Not released: set REPOSITORY in scripts/repository.ts. The registry refuses provenance without it.');
  process.exit(1);
}
const scratch = mkdtempSync(join(tmpdir(), 'call-status-release-'));
try {
  for (const tarball of pack(scratch).values()) {
    run('npm', ['publish', tarball, '--access', 'public', '--provenance', ...process.argv.slice(2)]);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
