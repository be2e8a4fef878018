/** Waits in the server until another transaction waits for this one: a test that looks from outside may be too slow for `lock_timeout`. */
export const ONCE_WAITED_FOR = `
  DO $$ BEGIN
    WHILE NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid) LOOP
      PERFORM pg_sleep(0.001);
    END LOOP;
  END $$`;
