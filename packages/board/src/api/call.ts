import type { AnyCallStatusEvent, CallSummary, Inbox } from '@call-status/core';
import { type HandledEvent, partsOf, rowOfCall, summaryOf } from '@call-status/core/inbox';
import { notFound } from '../http/failure.ts';
import type { CallId } from '../privacy/keys.ts';
import { rowOf } from './calls.ts';
import { curlOf } from './curl.ts';
import { fixtureOf } from './fixture.ts';
import type { Route, Visit } from './route.ts';
import type { CallDetail, EventRow } from './types.ts';

/** `GET api/call?key` */
export const call: Route = {
  needs: 'view',
  async answer({ query, privacy }, parts): Promise<CallDetail> {
    const { inbox, keys } = parts;
    const summary = await summaryFor(inbox, keys.callOf(query.required('key')));
    const found = summary && (await partsOf(inbox, summary));
    if (summary === undefined || found === undefined) throw notFound('There is no such call.');
    const { events: _, ...details } = found.call;
    const parent = found.parent && (await summaryFor(inbox, found.parent));
    return {
      row: rowOf(summary, privacy, parts),
      call: privacy.of(details),
      events: found.events.map((event) => eventRowOf(event, privacy)),
      ...(parent !== undefined && { parent: rowOf(parent, privacy, parts) }),
      children: found.children.map((child) => rowOf(child, privacy, parts)),
      ...(found.watch !== undefined && { watch: privacy.of(found.watch) }),
    };
  },
};

/** A call as it is in a list; `undefined` if there is none. */
export async function summaryFor(inbox: Inbox, { provider, callId, tenant }: CallId): Promise<CallSummary | undefined> {
  const moved = await inbox.exportCall?.(provider, callId, tenant);
  if (moved !== undefined) {
    const events = moved.events.map(({ event }) => event);
    const hasDeadLetter = moved.events.some(({ deadLetter }) => deadLetter !== undefined);
    return { ...summaryOf(rowOfCall(events, moved.end)), hasDeadLetter };
  }
  const found = await inbox.getCall(provider, callId, tenant);
  return found && summaryOf(rowOfCall(found.events.toSorted(byReceipt)));
}

function byReceipt(one: AnyCallStatusEvent, other: AnyCallStatusEvent): number {
  return one.receivedAt.localeCompare(other.receivedAt);
}

function eventRowOf({ event, handling }: HandledEvent, privacy: Visit['privacy']): EventRow {
  const { id, status, rawStatus, transition, occurredAt, receivedAt, sequence, trust, source, raw } = event;
  return {
    ...privacy.of({ id, status, rawStatus, transition, receivedAt, trust, source, handling }),
    ...(occurredAt !== undefined && { occurredAt }),
    ...(sequence !== undefined && { sequence }),
    ...(privacy.isRevealed && {
      raw,
      ...(source === 'callback' && { curl: curlOf(event), fixture: fixtureOf(event) }),
    }),
  };
}
