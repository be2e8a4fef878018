/**
 * Rejects versions of Node that are too old, before anything else can fail for that reason. Each entry imports it first. No file may import
 * by name anything that a module of an older Node lacks, because that fails before any code runs.
 *
 * @param version of Node, such as `20.19.0`
 * @throws Error
 */
export function requireNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(`call-status needs Node 20.19 or later; this is ${version}.`);
}

requireNode(process.versions.node);
