import { wrongUsage } from '../cli-error.ts';
import type { ParsedRequest } from './captured.ts';
import { parseCurl, type ReadNamedFile } from './curl.ts';
import { type HarChoice, parseHar } from './har.ts';
import { parseRawHttp } from './raw-http.ts';

/** What the formats need besides the bytes. */
export interface CaptureContext extends HarChoice {
  /** Reads a file that a curl command names. */
  readonly read: ReadNamedFile;
}

const JSON_START = /^\s*[{[]/;
const CURL = /^\s*(?:\$\s+)?(?:\S*[/\\])?curl(?:\.exe)?\s/i;
/** What browsers copy besides curl. */
const OTHER_COPY = /^\s*(?:await\s+)?fetch\(|^\s*\$session\s*=|^\s*Invoke-(?:WebRequest|RestMethod)\b/i;
/** Enough to tell the formats apart. */
const START_BYTES = 2000;

/**
 * Reads a captured request in any format, by its content: HAR, a curl command, or HTTP.
 *
 * @throws CliError with the place and the cause
 */
export function parseCapture(bytes: Buffer, context: CaptureContext): ParsedRequest {
  const start = bytes.toString('latin1', 0, START_BYTES);
  if (JSON_START.test(start)) return parseHar(bytes.toString(), context);
  if (context.entry !== undefined) throw wrongUsage('--entry is only for HAR files.', 'Remove it.');
  if (CURL.test(start)) return parseCurl(bytes.toString('latin1'), context.read);
  if (OTHER_COPY.test(start)) {
    throw wrongUsage(
      'This copy of a request cannot be read.',
      "In the browser's menu, choose 'Copy as cURL (bash)' or save a HAR file.",
    );
  }
  return parseRawHttp(bytes);
}
