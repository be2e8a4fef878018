import type { Refusal } from '@call-status/core/inbox';
import type { ProviderLike } from '@call-status/testing';
import { type Capture, complete, type ParsedRequest } from '../capture/captured.ts';
import type { HarEntry } from '../capture/har.ts';
import { parseCapture } from '../capture/parse-capture.ts';
import { readNamed, readSource } from '../capture/read-source.ts';
import { findRefusal, parseRefusal } from '../capture/refusal.ts';
import { wrongUsage } from '../cli-error.ts';
import { openInbox } from '../input/inbox.ts';
import { isRecognized } from './recognize.ts';

/** Where the captured request is, and what it does not say. */
export interface CaptureArgs {
  readonly file?: string | undefined;
  readonly har?: string | undefined;
  readonly entry?: string | undefined;
  readonly curl?: string | undefined;
  readonly db?: string | undefined;
  readonly schema?: string | undefined;
  readonly refused?: string | undefined;
  readonly url?: string | undefined;
  readonly 'public-url'?: string | undefined;
}

/** A captured request, or a rejected callback whose request the inbox does not have. */
export interface OpenedCapture {
  readonly capture?: Capture;
  readonly refusal?: Refusal;
}

/**
 * Opens the capture that the arguments name.
 *
 * @param list gets the entries of a HAR file, if it is not clear which one
 * @throws CliError; errors of the inbox
 */
export async function openCapture(
  args: CaptureArgs,
  providers: readonly ProviderLike[],
  list: (entries: readonly HarEntry[]) => void,
): Promise<OpenedCapture> {
  const sources = [args.file, args.har, args.curl, args.db].filter((source) => source !== undefined);
  if (sources.length !== 1) {
    throw wrongUsage(
      sources.length === 0 ? 'There is no captured request.' : 'There are several captured requests.',
      'Give one: a file, - for standard input, --har FILE, --curl "…", or --db INBOX for a rejected callback.',
    );
  }
  if (args.db === undefined && args.refused !== undefined)
    throw wrongUsage('--refused needs --db.', 'Name the inbox: --db calls.db.');
  const finish = (parsed: ParsedRequest): Capture => complete(parsed, args.url, args['public-url'] === undefined);
  if (args.db !== undefined) return openRefusal(args.db, args, finish);
  const isCallback = (parsed: ParsedRequest): boolean => {
    const { request } = complete(parsed, undefined, false);
    return providers.some((provider) => isRecognized(request, provider));
  };
  const bytes = args.curl === undefined ? await readSource((args.file ?? args.har) as string) : Buffer.from(args.curl);
  return { capture: finish(parseCapture(bytes, { entry: entryOf(args.entry), isCallback, list, read: readNamed })) };
}

async function openRefusal(
  db: string,
  { schema, refused = '' }: CaptureArgs,
  finish: (parsed: ParsedRequest) => Capture,
): Promise<OpenedCapture> {
  const inbox = await openInbox(db, { write: false, schema });
  try {
    const refusal = await findRefusal(inbox, refused);
    const parsed = parseRefusal(refusal);
    return parsed === undefined ? { refusal } : { refusal, capture: finish(parsed) };
  } finally {
    await inbox.close();
  }
}

function entryOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw wrongUsage(`--entry is not "${text}".`, 'It is the number of an entry, from 1.');
}
