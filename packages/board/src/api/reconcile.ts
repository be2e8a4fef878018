import { requestReconcile } from '@call-status/core/inbox';
import { notFound } from '../http/failure.ts';
import { requiredTextIn } from './fields.ts';
import { logged } from './logged.ts';
import type { Route } from './route.ts';
import type { ReconcileAnswer } from './types.ts';

/** `POST api/call/reconcile`: the process that looks after calls asks the provider, which may be another one. */
export const reconcileCall: Route = {
  needs: 'reconcile',
  async answer(visit, parts): Promise<ReconcileAnswer> {
    const { inbox, calls, keys } = parts;
    const call = keys.callOf(requiredTextIn(visit.body, 'key'));
    const decision = await (calls === undefined ? requestReconcile(inbox, call) : calls.reconcile(call));
    if (decision === 'not_found') throw notFound('There is no such call.');
    logged('reconcile', decision === 'requested' ? 1 : 0, visit, parts);
    return { decision };
  },
};
