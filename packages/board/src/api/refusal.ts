import { notFound } from '../http/failure.ts';
import { refusalRowOf } from './refused.ts';
import type { Route } from './route.ts';
import type { RefusalDetail } from './types.ts';

/** `GET api/refusal?id` */
export const refusal: Route = {
  needs: 'view',
  async answer({ query, privacy }, { inbox }): Promise<RefusalDetail> {
    const found = await inbox.refusals.get(query.required('id'));
    if (found === undefined) throw notFound('There is no such refused callback.');
    const { request } = found;
    return {
      row: refusalRowOf(found, privacy),
      ...(request !== undefined && privacy.isRevealed && { request }),
      note: 'No diagnosis yet.',
    };
  },
};
