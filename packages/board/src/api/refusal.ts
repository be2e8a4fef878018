import type { Refusal } from '@call-status/core/inbox';
import { notFound } from '../http/failure.ts';
import type { BoardCalls } from '../options.ts';
import type { Privacy } from '../privacy/privacy.ts';
import { refusalRowOf } from './refused.ts';
import type { Route } from './route.ts';
import type { RefusalDetail } from './types.ts';

/** `GET api/refusal?id` */
export const refusal: Route = {
  needs: 'view',
  async answer({ query, privacy }, { inbox, calls }): Promise<RefusalDetail> {
    const found = await inbox.refusals.get(query.required('id'));
    if (found === undefined) throw notFound('There is no such refused callback.');
    const { request } = found;
    return {
      row: refusalRowOf(found, privacy),
      ...(request !== undefined && privacy.isRevealed && { request }),
      ...(await diagnosisOf(found, calls, privacy)),
    };
  },
};

/** It has no secrets, tokens, signatures or values of fields. */
async function diagnosisOf(
  refusal: Refusal,
  calls: BoardCalls | undefined,
  privacy: Privacy,
): Promise<Pick<RefusalDetail, 'diagnosis' | 'note'>> {
  if (calls === undefined) {
    return {
      note: `This board runs without the receiver, so it does not know the secrets. Open the board of your service, or use the doctor: npx call-status doctor --db INBOX --refused ${refusal.id}.`,
    };
  }
  const { diagnosis, notes } = await calls.diagnose(refusal);
  return {
    ...(diagnosis !== undefined && { diagnosis: privacy.of(diagnosis) }),
    ...(notes.length > 0 && { note: notes.join(' ') }),
  };
}
