import { setTimeout } from 'node:timers/promises';
import type { AnyCallStatusEvent } from '@call-status/core';
import type { ProviderLike } from '@call-status/testing';
import { refused, wrongUsage } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import type { REPLAY_ARGS } from '../commands/replay.ts';
import { shortId } from '../inbox/call-columns.ts';
import type { SCHEMA_ARG } from '../inbox/open.ts';
import { privacyOf } from '../inbox/privacy.ts';
import { type Delivered, deliver } from '../input/deliver.ts';
import { openInbox } from '../input/inbox.ts';
import { type CallbackProof, proofOf } from '../input/proof.ts';
import { findProvider, fixturesOf, loadProviders, type Providers } from '../input/providers.ts';
import type { SECRET_ARGS } from '../input/secrets.ts';
import type { SENDING_ARGS } from '../input/sending-args.ts';
import { targetOf } from '../input/target.ts';
import { finishUnread } from '../output/broken-pipe.ts';
import { safe } from '../output/safe.ts';
import { adviceFor } from '../trigger/advice.ts';
import { curlOf } from '../trigger/curl.ts';
import { flaggedEncoding, isAccepted, printAnswer } from '../trigger/run-trigger.ts';
import { findEvents } from './find.ts';
import { type Rebuilt, rebuild, whyNot } from './rebuild.ts';

type Context = CommandContext<typeof REPLAY_ARGS & typeof SCHEMA_ARG & typeof SENDING_ARGS & typeof SECRET_ARGS>;

/** What is sent for one event. */
interface Shipment {
  readonly event: AnyCallStatusEvent;
  readonly provider: ProviderLike;
  readonly proof: CallbackProof;
  readonly rebuilt: Rebuilt;
}

/** Runs `call-status replay`. */
export async function runReplay(context: Context): Promise<number> {
  const { args, output } = context;
  const sends = !args.curl && !args['dry-run'];
  const to = targetOf(args.to, { allowRemote: args['allow-remote'] || !sends });
  const speed = speedOf(args.speed);
  const providers = await loadProviders(args);
  const events = rebuildable(await recorded(context), providers, context);
  output.note('Written anew from the recorded fields: its headers and original bytes were not kept.');
  if (sends) finishUnread();
  let before: AnyCallStatusEvent | undefined;
  for (const event of events) {
    if (sends) await setTimeout(gapOf(before, event) / speed);
    before = event;
    const shipment = await prepare(event, to, providers, context);
    print(shipment, context);
    const answer = sends ? await deliver(to, shipment.rebuilt.callback, shipment.proof.proof) : undefined;
    if (answer !== undefined) printAnswer(answer, output);
    output.row(rowOf(shipment, to, answer, context));
    if (answer === undefined || isAccepted(answer)) continue;
    throw refused(`The server answered ${answer.status}.`, adviceFor(answer, shipment.provider, shipment.proof));
  }
  return 0;
}

async function recorded({ args, output }: Context): Promise<readonly AnyCallStatusEvent[]> {
  const inbox = await openInbox(args.db, { write: false, schema: args.schema });
  try {
    return await findEvents(inbox, args.event, args.call === true, privacyOf(args.reveal), output);
  } finally {
    await inbox.close();
  }
}

/** The events that were callbacks; the others of a call are named and left out. */
function rebuildable(
  events: readonly AnyCallStatusEvent[],
  providers: Providers,
  { output }: Context,
): readonly AnyCallStatusEvent[] {
  const reasons = events.map((event) => whyNot(event, findProvider(event.provider, providers)));
  const possible = events.filter((_, at) => reasons[at] === undefined);
  if (possible.length === 0) throw refused(`The event cannot be sent again: ${reasons[0]}.`);
  for (const [at, reason] of reasons.entries()) {
    if (reason !== undefined) output.note(`Left out: ${safe(events[at]?.status)}, since ${reason}.`);
  }
  return possible;
}

async function prepare(
  event: AnyCallStatusEvent,
  to: URL,
  providers: Providers,
  { args, output }: Context,
): Promise<Shipment> {
  const provider = findProvider(event.provider, providers);
  const [proof, fixtures] = await Promise.all([proofOf(provider, args), fixturesOf(provider, providers)]);
  const how = { provider, fixtures, encoding: flaggedEncoding(args), to, publicUrl: args['public-url'], proof };
  const rebuilt = rebuild(event, how);
  if (!rebuilt.isExact) output.note(`As ${rebuilt.encoding}, some fields do not come back as they were recorded.`);
  if (event.tenant !== undefined) output.note('The server decides anew to which tenant it belongs.');
  return { event, provider, proof, rebuilt };
}

function print({ event, provider, proof, rebuilt }: Shipment, { args, output }: Context): void {
  if (args.curl) {
    output.result(curlOf(provider, rebuilt.callback));
    return;
  }
  const call = safe(shortId(event.callId, privacyOf(args.reveal)));
  const { encoding, fieldCount } = rebuilt;
  const name = output.style.bold(`${event.provider}.${event.status}`);
  output.result(`  --> ${name}  call ${call}  ${encoding}, ${fieldCount} fields, ${proof.shown}`);
}

function rowOf(
  { event, provider, proof, rebuilt }: Shipment,
  to: URL,
  answer: Delivered | undefined,
  { args }: Context,
): object {
  const { id } = privacyOf(args.reveal);
  return {
    provider: event.provider,
    callId: id(event.callId),
    eventId: id(event.id),
    status: event.status,
    encoding: rebuilt.encoding,
    fields: rebuilt.fieldCount,
    exact: rebuilt.isExact,
    proof: proof.shown,
    url: to.origin + to.pathname,
    ...(args.curl && { curl: curlOf(provider, rebuilt.callback) }),
    ...(answer && { httpStatus: answer.status, durationMs: Math.round(answer.durationMs * 10) / 10 }),
  };
}

function speedOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const speed = Number(text);
  if (speed > 0) return speed;
  throw wrongUsage(
    `--speed is not "${text}".`,
    '1 keeps the pauses between the callbacks, 10 makes them ten times shorter.',
  );
}

function gapOf(before: AnyCallStatusEvent | undefined, event: AnyCallStatusEvent): number {
  return before === undefined ? 0 : Date.parse(event.receivedAt) - Date.parse(before.receivedAt);
}
