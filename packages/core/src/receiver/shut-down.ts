import { CallStatusError } from '../errors.ts';
import { withDeadline } from '../handlers/deadline.ts';
import type { Worker } from '../handlers/worker.ts';
import type { WorkerReports } from '../handlers/worker-reports.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { Diagnoses } from '../request/hints.ts';
import type { KeptRefusals } from '../request/kept-refusals.ts';
import { monotonicNow } from '../timer.ts';
import type { Reconciling } from './reconciling.ts';

/** What is shut down. */
export interface Running {
  readonly worker: Worker;
  readonly workerReports: WorkerReports;
  readonly reconciling: Pick<Reconciling, 'stop'>;
  readonly diagnoses: Diagnoses;
  readonly refusals: KeptRefusals | undefined;
  readonly inbox: Inbox;
  readonly report: (error: CallStatusError) => void;
}

/** The part of the deadline that is reserved for releasing running attempts and closing the inbox, in milliseconds. */
const LONGEST_RELEASE_MS = 1000;

/** Waits for running handlers and closes the inbox, all within the deadline. An inbox that is not durable is drained first. */
export async function shutDown(
  { worker, workerReports, reconciling, diagnoses, refusals, inbox, report }: Running,
  deadlineMs: number,
): Promise<void> {
  const endsAt = monotonicNow() + deadlineMs;
  const releaseMs = Math.min(LONGEST_RELEASE_MS, deadlineMs / 4);
  const rest = (kept = 0): number => Math.max(0, endsAt - kept - monotonicNow());
  const stopWorker = async (): Promise<void> => {
    if (!inbox.durable) await worker.drain(rest(releaseMs));
    await worker.stop(rest(releaseMs), releaseMs / 2);
  };
  await Promise.all([reconciling.stop(rest(releaseMs), releaseMs / 2), stopWorker()]);
  if (!inbox.durable) await withDeadline(reportLostEvents(inbox, report), rest());
  diagnoses.finish();
  await withDeadline(Promise.all([workerReports.stop(), refusals?.close()]), rest(releaseMs / 4));
  if (await withDeadline(inbox.close(), rest())) return;
  report(new CallStatusError('inbox_unavailable', { reason: `It did not close within ${deadlineMs} ms.` }));
}

async function reportLostEvents(inbox: Inbox, report: (error: CallStatusError) => void): Promise<void> {
  const { waiting, running, dead } = await inbox.counts();
  const lost = waiting + running + dead;
  if (lost > 0) report(new CallStatusError('events_lost', { reason: `Lost: ${lost}.` }));
}
