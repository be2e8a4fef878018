// The page as its users get it: small, complete, and without anything from elsewhere.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { ASSETS } from '../build-app.ts';

const read = (name: string): string => readFileSync(join(ASSETS, name), 'utf8');
const zipped = (name: string): number => gzipSync(read(name), { level: 9 }).length;

it('is at most 25 kB of JavaScript and 4 kB of CSS, gzipped', () => {
  expect(zipped('app.js')).toBeLessThanOrEqual(25_000);
  expect(zipped('style.css')).toBeLessThanOrEqual(4000);
  expect(readdirSync(ASSETS).toSorted()).toEqual(['app.js', 'icon.svg', 'index.html', 'licenses.txt', 'style.css']);
});

it('names no other address', () => {
  const code = ['app.js', 'style.css', 'index.html', 'icon.svg'].map(read).join('\n');
  const urls = code.match(/(?:https?:)?\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)+[^\s'"`)]*/gi) ?? [];
  // Names of XML, which are never loaded.
  expect(urls.filter((url) => !url.includes('//www.w3.org/'))).toEqual([]);
});

it('has nothing that a strict policy forbids', () => {
  const html = read('index.html');
  expect(html).not.toMatch(/<script(?![^>]* src=)|<style|\s(?:style|on\w+)=|javascript:/i);
  expect(read('app.js')).not.toMatch(/\beval\(|new Function\(/);
  const loaded = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url);
  expect(loaded).toEqual(['icon.svg', 'style.css', 'app.js']);
});

it('brings the licenses of what it contains', () => {
  const licenses = read('licenses.txt');
  for (const name of ['preact', '@preact/signals', '@preact/signals-core']) {
    expect(licenses).toMatch(new RegExp(`^${name}\n\n.*MIT`, 'm'));
  }
});
