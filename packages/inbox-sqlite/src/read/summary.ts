/** The columns of a call that its summary shows. */
const COLUMNS = [
  'provider',
  'tenant',
  'call_id',
  'status',
  'terminal',
  'direction',
  'from_number',
  'to_number',
  'answered',
  'answered_at',
  'in_progress_at',
  'first_event_at',
  'last_event_at',
  'event_count',
  'ended_at',
  'answered_by',
  'sip_code',
  'sip_phrase',
  'error_code',
  'error_message',
  'parent_call_id',
  'trust',
  'has_late',
  'has_conflict',
];

const VALUES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(COLUMNS.map((name) => [name, name])),
  has_dead_letter: 'dead_letters > 0',
  last_event_id: 'event_id',
  last_event_transition: 'transition',
};

const PAIRS = Object.entries(VALUES).map(([name, value]) => `'${name}', ${value}`);

/**
 * Calls with their last events, in the order of a list of their numbers, as CROSS JOIN keeps it. Most is in one text, since each column of a
 * row costs; but JSON would round numbers with a fraction.
 */
export const SUMMARY_SQL: string = `
  SELECT json_object(${PAIRS.join(', ')}) AS row, duration_seconds, mos, event ->> '$.status' AS event_status, event ->> '$.receivedAt' AS event_received
  FROM json_each(?) AS wanted CROSS JOIN calls ON calls.id = wanted.value CROSS JOIN recorded ON recorded.id = calls.last_event`;
