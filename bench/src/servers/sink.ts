/** A handler's last act: a server whose handlers do not run has no figure. */
export type Sink = (callId: unknown, status: unknown) => void;
