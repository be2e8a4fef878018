/**
 * The index of the events of a call has the last characters of their ids: nearly all of an id is the id of the call, and would be written with
 * each event.
 */
const ENDING = 'substr(recorded.event_id, -12)';

/** That a row of `recorded` has the id `?1`. */
export const HAS_ID: string = `${ENDING} = substr(?1, -12) AND recorded.event_id = ?1`;

/** Selects events of the call `?1` that follow the place `(?2, ?3)`, in the order of the index. */
export function eventsOfCall(columns: string, join: string, limit: number): string {
  return `
    SELECT recorded.id AS id, ${ENDING} AS ending, ${columns} FROM recorded ${join}
    WHERE recorded.call = ?1 AND ${ENDING} >= ?2 AND (${ENDING} > ?2 OR recorded.id > ?3)
    ORDER BY ${ENDING}, recorded.id LIMIT ${limit}`;
}
