import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSecretName, withoutSecrets } from '@call-status/core/inbox';
import { report, unreachable } from '../cli-error.ts';
import { makeFolder } from '../output/make-folder.ts';

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

/** The body is saved in one piece. */
const FRAMING = /^(?:transfer-encoding|content-length|trailer)$/i;

/** Writes requests into a folder. */
export class RequestFolder {
  readonly #folder: string;
  readonly #tokens: readonly string[];
  #count = 0;

  /**
   * @param tokens the configured ones
   * @throws CliError if the folder cannot be created
   */
  constructor(folder: string, tokens: readonly string[]) {
    this.#folder = folder;
    this.#tokens = tokens;
    try {
      makeFolder(folder);
    } catch (error) {
      throw unreachable(
        `The folder ${folder} cannot be created (${(error as NodeJS.ErrnoException).code}).`,
        undefined,
        error,
      );
    }
  }

  /**
   * Writes a request, and returns the path. Only this user can read it, since it has phone numbers.
   *
   * @returns `undefined` if it cannot be written, which is reported: the callback was taken all the same
   */
  save(request: ReceivedRequest, provider: string): string | undefined {
    const time = new Date(request.atMs).toISOString().replaceAll(':', '-');
    const path = join(this.#folder, `${time}-${++this.#count}-${provider}.http`);
    try {
      writeFileSync(path, fileOf(request, this.#tokens), { mode: 0o600, flag: 'wx' });
      return path;
    } catch (error) {
      report(unreachable(`The request was not saved to ${path} (${(error as NodeJS.ErrnoException).code}).`));
      return undefined;
    }
  }
}

/** The request as a file that the doctor reads, without secrets. A signature proves one request only, and is needed to explain it. */
export function fileOf(
  { method, url, origin, rawHeaders, body, atMs }: ReceivedRequest,
  tokens: readonly string[],
): Buffer {
  const shown = (text: string): string => withoutSecrets(text, tokens);
  const headers: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name, value] = rawHeaders.slice(at, at + 2) as [string, string];
    if (!FRAMING.test(name)) headers.push(`${name}: ${isSecretName(name) ? `{length:${value.length}}` : shown(value)}`);
  }
  const content = Buffer.from(shown(Buffer.from(body).toString('latin1')), 'latin1');
  const lines = [
    `# received: ${new Date(atMs).toISOString()}`,
    `# origin: ${origin}`,
    `${method} ${shown(url)} HTTP/1.1`,
    ...headers,
    `Content-Length: ${content.length}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), content]);
}
