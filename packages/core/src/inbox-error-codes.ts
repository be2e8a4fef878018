/** The rows of `ERRORS` that inboxes report, about their store: a file, or a database on a server. */
export const INBOX_ERRORS = {
  inbox_unavailable: {
    status: 503,
    severity: 'page',
    message: 'The inbox failed.',
    fix: 'Fix the error in `cause`. Until then, callbacks that cannot be recorded are answered with 503, and the provider will retry.',
  },
  inbox_full: {
    status: 503,
    severity: 'page',
    message: 'The store of the inbox has no space left.',
    fix: 'Free space on its disk; no restart is needed.',
  },
  inbox_locked: {
    status: 503,
    severity: 'page',
    message: 'Another program has locked the store of the inbox for too long.',
    fix: 'End its transaction, or raise busyTimeoutMs.',
  },
  inbox_unwritable: {
    status: 503,
    severity: 'page',
    message: 'The store of the inbox cannot be opened or written.',
    fix: 'Of a file, check the path, that the folder exists, and the owner and permissions of both; of a database, the rights of its user, and that the server is not read-only.',
  },
  inbox_corrupted: {
    status: 503,
    severity: 'page',
    message: 'The store of the inbox is damaged, or is not a database.',
    fix: 'Stop the processes that use it, and keep a copy of it with its -wal and -shm files. Then replace it with what `sqlite3 <file> .recover` saves, or with a backup.',
  },
  inbox_unsupported: {
    status: 503,
    severity: 'page',
    message:
      'The inbox does not support its store: the version of the database, its settings, or the schema of a newer call-status.',
    fix: 'Update call-status or the database.',
  },
  inbox_denied: {
    status: 503,
    severity: 'page',
    message: 'The database refused the connection.',
    fix: 'Check the user, the password and the name of the database in the URL, and pg_hba.conf.',
  },
  inbox_missing: {
    status: 503,
    severity: 'page',
    message: 'The store of the inbox does not exist.',
    fix: 'Check its path or URL. Only a service creates it: start one once, or call `await inbox.ready({ create: true })`.',
  },
  inbox_replaced: {
    status: 503,
    severity: 'page',
    message: 'The inbox file is no longer the one that was opened, so nothing is recorded.',
    fix: 'Put the right files back, or restart the process to use the file that is there now.',
  },
  inbox_recovered: {
    severity: 'info',
    message: 'The inbox works again.',
    fix: 'No action needed. The errors before this one say what had failed.',
  },
  inbox_clock_stepped: {
    severity: 'info',
    message: 'The system clock jumped far ahead, so old calls are not removed for now.',
    fix: 'Correct the system clock. If it is right, no action is needed: removal resumes within a day.',
  },
  inbox_sweep_failed: {
    severity: 'ticket',
    message: 'Old calls could not be removed, so the store of the inbox grows.',
    fix: 'Correct what the reason says. The next sweep tries again.',
  },
  inbox_polling: {
    severity: 'info',
    message: 'Notifications of other processes do not arrive, so the inbox looks for their events from time to time.',
    fix: 'Behind PgBouncer in transaction mode, set listenUrl to the URL of the server itself. If polling is enough, set listen: false. No event is lost; a worker takes it up to pollMs later.',
  },
  inbox_unnamed_statements: {
    severity: 'info',
    message: 'Named statements do not get through to the database, so the inbox no longer uses them.',
    fix: 'PgBouncer in transaction mode needs version 1.21 or later with max_prepared_statements. With an older one, set preparedStatements: false.',
  },
  inbox_exposed: {
    severity: 'ticket',
    message: 'Every user of this host can read or write the inbox file, and it holds phone numbers.',
    fix: 'Run chmod 600 on it, its -wal and its -shm.',
  },
  inbox_relative_path: {
    severity: 'info',
    message: 'A new, empty inbox was created at a path that depends on the working directory.',
    fix: 'Use an absolute path on a volume that outlives a deploy. Otherwise the next deploy leaves waiting events behind.',
  },
  inbox_retention_changed: {
    severity: 'info',
    message:
      'The store of the inbox was created with another retentionMs. The new one now applies to every service that uses it.',
    fix: 'No action needed if you changed it. Otherwise give every service that uses this store the same retentionMs.',
  },
} as const;
