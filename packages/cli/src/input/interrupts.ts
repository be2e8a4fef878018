/**
 * One listener for the whole process, so that no interruption is lost: a signal that arrives while a listener is replaced by another has none,
 * and is dropped.
 */
let handle = endAtOnce;

/** From now on, SIGINT ends the process with 130. */
export function handleInterrupts(): void {
  process.on('SIGINT', () => handle());
}

/**
 * Handles the next interruption; one after it ends the process at once. Call it before anything is printed, since that is when people, and
 * programs, begin to interrupt.
 *
 * @returns takes it back, unless it has happened
 */
export function onNextInterrupt(handler: () => void): () => void {
  handle = () => {
    handle = endAtOnce;
    handler();
  };
  return () => {
    handle = endAtOnce;
  };
}

/** Resolves at the next interruption, or at SIGTERM: for a command that runs until then. Call it before anything is printed. */
export function nextInterruption(): Promise<void> {
  return new Promise((resolve) => {
    onNextInterrupt(resolve);
    process.once('SIGTERM', resolve);
  });
}

function endAtOnce(): void {
  // A spinner or a question may have hidden the cursor.
  if (process.stderr.isTTY) process.stderr.write('\x1b[?25h\n');
  process.exit(130);
}
