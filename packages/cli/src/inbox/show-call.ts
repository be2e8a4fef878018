import type { Call } from '@call-status/core';
import type { CallParts } from '@call-status/core/inbox';
import { ago, duration } from '../output/duration.ts';
import type { Output } from '../output/output.ts';
import { safe } from '../output/safe.ts';
import { table } from '../output/table.ts';
import { callColumns, marksOf, parties, styleOf } from './call-columns.ts';
import { eventTable } from './event-table.ts';
import type { Privacy } from './privacy.ts';
import { shownWatch } from './show-watch.ts';

/** What an inbox knows about a call, for people. */
export function shownCall(parts: CallParts, withFields: boolean, privacy: Privacy, output: Output): string {
  const { summary, call, events, parent, children, watch } = parts;
  const { style } = output;
  const { bold, yellow } = style;
  const look = styleOf(call.status, style) ?? ((text: string) => text);
  const marks = marksOf(summary).map(yellow).join(' ');
  const title = `  ${look(call.status)}  ${safe(call.provider)}  ${bold(safe(privacy.id(call.callId)))}  ${marks}`;
  const lines = linesOf(call, privacy).map(([name, text]) => `  ${style.dim(name.padEnd(9))}  ${safe(text)}`);
  return [
    [title.trimEnd(), ...lines].join('\n'),
    eventTable(events, withFields, privacy, output),
    ...(call.legs === undefined
      ? []
      : [`  ${bold('Legs')}\n${call.legs.map((leg) => `  ${safe(legText(leg, privacy))}`).join('\n')}`]),
    ...(parent === undefined ? [] : [`  ${bold('Made by')}  ${safe(privacy.id(parent.callId))}  ${parent.status}`]),
    ...(children.length === 0
      ? []
      : [`  ${bold('Made these calls')}\n${table(children, callColumns(privacy, output), output)}`]),
    ...(watch === undefined ? [] : [shownWatch(watch, privacy, output)]),
  ].join('\n\n');
}

function linesOf(call: Call, { text, id }: Privacy): (readonly [name: string, text: string])[] {
  const { sip, quality, error, hangup, recording, agent } = call;
  // A provider may have a number in any of its texts.
  const masked = (own: string | undefined): string | undefined => own && text(own);
  const all: readonly (readonly [name: string, parts: readonly (string | undefined)[]])[] = [
    ['call', [parties(call, { text } as Privacy), call.direction, call.callerName && `"${text(call.callerName)}"`]],
    ['tenant', [call.tenant && id(call.tenant)]],
    ['parent', [call.parentCallId && id(call.parentCallId)]],
    ['began', [`${call.firstEventAt} (${ago(call.firstEventAt)})`]],
    [
      'answered',
      [
        yesOrNo(call.answered),
        call.answeredAt,
        call.answeredBy && `by ${call.answeredBy}`,
        agent?.number && `agent ${text(agent.number)}`,
      ],
    ],
    [
      'ended',
      [call.endedAt, call.endedBy && `by ${call.endedBy}`, hangup?.by && `${hangup.by} hung up`, masked(hangup?.cause)],
    ],
    ['lasted', [call.durationSeconds === undefined ? undefined : duration(call.durationSeconds * 1000)]],
    ['SIP', [sip?.code === undefined ? undefined : String(sip.code), masked(sip?.phrase)]],
    ['MOS', [quality?.mos === undefined ? undefined : String(quality.mos)]],
    ['error', [masked(error?.code), masked(error?.message)]],
    ['recording', [masked(recording?.url) ?? (recording?.id && id(recording.id))]],
  ];
  return all.flatMap(([name, parts]) => {
    const shown = parts.filter((part) => part !== undefined && part !== '');
    return shown.length === 0 ? [] : [[name, shown.join('  ')] as const];
  });
}

function yesOrNo(is: boolean | undefined): string | undefined {
  return is === undefined ? undefined : is ? 'yes' : 'no';
}

type Leg = NonNullable<Call['legs']>[number];

function legText({ number, status, rawStatus, durationSeconds, cause }: Leg, { text }: Privacy): string {
  const own = [number, status ?? rawStatus ?? 'not attempted', cause].map((part) => part && text(part));
  const length = durationSeconds === undefined ? undefined : duration(durationSeconds * 1000);
  return [...own, length].filter((part) => part !== undefined && part !== '').join('  ');
}
