import type { Inbox, Taken, TakeRequest } from '../inbox/inbox.ts';
import { withDeadline } from './deadline.ts';

/**
 * Asks an inbox for work, for as long as a lease at most.
 *
 * @param late gets an answer that came too late
 */
export async function takeInTime(
  inbox: Pick<Inbox, 'take'>,
  request: TakeRequest,
  late: (taken: Taken) => void,
): Promise<Taken> {
  const taking = inbox.take(request);
  // After so long, what was taken belongs to nothing any more.
  if (await withDeadline(taking, request.leaseMs)) return taking;
  taking.then(late, () => {});
  throw new Error('The inbox did not answer in time when it was asked for work.');
}
