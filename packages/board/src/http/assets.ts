import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { BoardFailure } from './failure.ts';

/** Both `src` and `dist` have a folder beside them in which the page is built. */
const FOLDER = new URL('../../dist/assets/', import.meta.url);

const MISSING =
  'The files of the page are missing. Install @call-status/board again; in a clone of its repository, run `npx -y pnpm@10.34.9 run build`.';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
}

/** The files of the page. */
export class Assets {
  readonly #folder: URL;
  #files: ReadonlyMap<string, Asset> | undefined;

  constructor(folder: URL = FOLDER) {
    this.#folder = folder;
  }

  /** @returns `undefined` if there is no such file */
  answer(name: string, request: Request): Response | undefined {
    this.#files ??= read(this.#folder);
    const asset = this.#files.get(name === '' ? 'index.html' : name);
    if (asset === undefined) return undefined;
    const headers = { 'content-type': asset.type, etag: asset.etag, 'cache-control': 'no-cache' };
    const known = request.headers.get('if-none-match') ?? '';
    const isKnown = known.split(',').some((one) => one.trim().replace(/^W\//, '') === asset.etag);
    return isKnown ? new Response(null, { status: 304, headers }) : new Response(asset.bytes, { headers });
  }
}

function read(folder: URL): ReadonlyMap<string, Asset> {
  try {
    const names = readdirSync(folder).filter((name) => Object.hasOwn(TYPES, extname(name)));
    return new Map(names.map((name) => [name, assetOf(folder, name)]));
  } catch {
    throw new BoardFailure(503, 'not_built', MISSING);
  }
}

function assetOf(folder: URL, name: string): Asset {
  const bytes = new Uint8Array(readFileSync(new URL(name, folder)));
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  return { bytes, type: TYPES[extname(name)] as string, etag: `"${hash}"` };
}
