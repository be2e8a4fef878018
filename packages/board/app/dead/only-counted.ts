import type { DeadRequest, DeadResult } from '../../src/api/types.ts';

/** A request without the events that became dead letters after they were counted: the visitor has not agreed to those. */
export function onlyCounted(request: DeadRequest, { newestAt }: DeadResult): DeadRequest {
  if (request.keys !== undefined || newestAt === undefined) return request;
  return { ...request, until: new Date(Date.parse(newestAt) + 1).toISOString() };
}
