let isNeeded = true;

/** `| head` has seen enough: the process ends, as if all was done. */
export function endWhenUnread(): void {
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (isNeeded) process.exit(code === 'EPIPE' ? 0 : 3);
  });
  process.stderr.on('error', () => {});
}

/** From now on, the command changes something, or sends it: it goes on to its end, also if its output is not read any more. */
export function finishUnread(): void {
  isNeeded = false;
}

/** Resolves once everything that was printed has been handed over, or cannot be. */
export async function outputFlushed(): Promise<void> {
  // Of a pipe, what is written waits in this process until its reader takes it.
  const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
    new Promise((resolve) => void stream.write('', () => resolve()));
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
}
