// The page as its users get it: small, complete, and without anything from elsewhere.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { ASSETS } from '../build-app.ts';

const read = (name: string): string => readFileSync(join(ASSETS, name), 'utf8');
const zipped = (name: string): number => gzipSync(read(name), { level: 9 }).length;

/** The file and all that it imports, except what is loaded later. */
function withImports(name: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(name)) return found;
  found.add(name);
  for (const [, imported] of read(name).matchAll(/(?:from|import)"\.\/([^"]+)"/g))
    withImports(imported as string, found);
  return found;
}

/** Each has the code of one page or two. */
const laterParts = [
  ...new Set([...read('app.js').matchAll(/import\("\.\/([^"]+)"\)/g)].map(([, name]) => name as string)),
];

const scripts = new Set(['app.js', ...laterParts].flatMap((name) => [...withImports(name)]));

function sizeOf(names: Iterable<string>): number {
  return [...names].reduce((sum, name) => sum + zipped(name), 0);
}

it('loads at most 25 kB of JavaScript for any page, and 4 kB of CSS, gzipped', () => {
  expect(laterParts.map((name) => name.split('-')[0])).toEqual(['calls', 'call', 'fault', 'health']);
  for (const part of laterParts) {
    expect(sizeOf(new Set([...withImports('app.js'), ...withImports(part)])), part).toBeLessThanOrEqual(25_000);
  }
  console.log(`All pages: ${sizeOf(scripts)} bytes of JavaScript, gzipped.`);
  expect(zipped('style.css')).toBeLessThanOrEqual(4000);
});

it('has no files that the page does not load', () => {
  expect(readdirSync(ASSETS).toSorted()).toEqual(
    [...scripts, 'icon.svg', 'index.html', 'third-party.txt', 'style.css'].toSorted(),
  );
});

it('names no other address', () => {
  const code = readdirSync(ASSETS)
    .filter((name) => name !== 'third-party.txt')
    .map(read)
    .join('\n');
  const urls = code.match(/(?:https?:)?\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)+[^\s'"`)]*/gi) ?? [];
  // Names of XML, which are never loaded.
  expect(urls.filter((url) => !url.includes('//www.w3.org/'))).toEqual([]);
});

it('has nothing that a strict policy forbids', () => {
  const html = read('index.html');
  expect(html).not.toMatch(/<script(?![^>]* src=)|<style|\s(?:style|on\w+)=|javascript:/i);
  for (const name of readdirSync(ASSETS).filter((file) => file.endsWith('.js')))
    expect(read(name)).not.toMatch(/\beval\(|new Function\(/);
  const loaded = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url);
  expect(loaded).toEqual(['icon.svg', 'style.css', 'app.js']);
});

it('brings the licenses of what it contains', () => {
  const licenses = read('third-party.txt');
  for (const name of ['preact', '@preact/signals', '@preact/signals-core']) {
    expect(licenses).toMatch(new RegExp(`^${name}\n\n.*MIT`, 'm'));
  }
});
