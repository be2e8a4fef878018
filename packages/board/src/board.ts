import type { BoardContext } from './options.ts';

/** What `createBoard` returns: mount it with `boardMiddleware` or `boardPlugin`, or call `handle` in a host of the Fetch API. */
export interface Board {
  /**
   * Answers a request for the page, its files, or its data. It never rejects.
   *
   * @param request whose URL begins with the mount path
   * @param context the mount path, if it is not `/`
   */
  handle(request: Request, context?: BoardContext): Promise<Response>;
  /** Ends live streams, so that the server can close, and stops counting callbacks. The receiver and the inbox stay open. */
  close(): void;
}
