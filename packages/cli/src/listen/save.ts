import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unreachable } from '../cli-error.ts';

/** A request as it came. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly origin: string;
  /** Names and values in turn, as Node has them. */
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
  readonly atMs: number;
}

/** Headers whose values may be secrets. A signature proves one request only, and is needed to explain it. */
const SECRET_HEADER = /authorization|cookie|token|secret|api-?key|passw|credential/i;
/** The body is saved in one piece. */
const FRAMING = /^(?:transfer-encoding|content-length|trailer)$/i;
const TOKEN = /([?&]token=)[^&#]*/gi;

/** Writes requests into a folder. */
export class RequestFolder {
  readonly #folder: string;
  #count = 0;

  /** @throws CliError if the folder cannot be created */
  constructor(folder: string) {
    this.#folder = folder;
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw unreachable(
        `The folder ${folder} cannot be created (${(error as NodeJS.ErrnoException).code}).`,
        undefined,
        error,
      );
    }
  }

  /** Writes a request, and returns the path. Only this user can read it, since it has phone numbers. */
  save(request: ReceivedRequest, provider: string): string {
    const time = new Date(request.atMs).toISOString().replaceAll(':', '-');
    const path = join(this.#folder, `${time}-${++this.#count}-${provider}.http`);
    writeFileSync(path, fileOf(request), { mode: 0o600, flag: 'wx' });
    return path;
  }
}

/** The request as a file that the doctor reads: tokens and credentials are replaced. */
export function fileOf({ method, url, origin, rawHeaders, body, atMs }: ReceivedRequest): Buffer {
  const headers: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name, value] = rawHeaders.slice(at, at + 2) as [string, string];
    if (!FRAMING.test(name)) headers.push(`${name}: ${SECRET_HEADER.test(name) ? `{length:${value.length}}` : value}`);
  }
  const lines = [
    `# received: ${new Date(atMs).toISOString()}`,
    `# origin: ${origin}`,
    `${method} ${url.replace(TOKEN, '$1{token}')} HTTP/1.1`,
    ...headers,
    `Content-Length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}
