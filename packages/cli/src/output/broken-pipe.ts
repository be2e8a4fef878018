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
