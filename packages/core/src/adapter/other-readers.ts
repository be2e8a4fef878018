import type { BodyStream } from './body-stream.ts';

/** Whether other code reads a body already, or is about to: it would be gone in the next turn. */
export function isListenedTo(stream: BodyStream): boolean {
  // The usual case, which costs no search for listeners.
  if (stream.readableFlowing === null) return false;
  return stream.listenerCount('data') > 0 || isIterated(stream);
}

/** Whether other code takes the body chunk by chunk, such as by `for await`. */
export function isIterated(stream: BodyStream): boolean {
  return stream.listenerCount('readable') > 0;
}

/**
 * Keeps the body from code that listens for it already, until the returned function is called: reading a body and putting it back would
 * give it to this code twice. Then the code gets all of it.
 */
export function holdReaders(stream: BodyStream): () => void {
  const { readableFlowing } = stream;
  const listeners = stream.rawListeners('data') as ((chunk: unknown) => void)[];
  for (const listener of listeners) stream.off('data', listener);
  stream.pause();
  return () => {
    // The code may have paused the stream, and may have resumed it since.
    const isPaused = !readableFlowing && stream.isPaused();
    stream.pause();
    for (const listener of listeners) stream.on('data', listener);
    if (!isPaused) stream.resume();
  };
}

/** Whether a body that was read can be put back. By HTTP/2, only bytes whose length is known: after others, the end has come. */
export function canPutBack(stream: BodyStream, announced: number | undefined): boolean {
  return stream.httpVersionMajor !== 2 || (announced !== undefined && stream.readableEncoding === null);
}
