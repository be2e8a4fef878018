import { type CallStatusOptions, exotel, type Inbox, memoryInbox, signalwire } from '@call-status/core';
import { PUBLIC_URL, SIGNING_KEY, TOKEN } from '../callbacks.ts';
import type { Sink } from './sink.ts';

/** call-status as a user sets it up who verifies signatures. */
export function signed(sink: Sink, inbox: Inbox = memoryInbox()): CallStatusOptions {
  return {
    providers: [signalwire({ signingKey: SIGNING_KEY, onEnded: ({ callId, status }) => sink(callId, status) })],
    publicUrl: PUBLIC_URL,
    inbox,
  };
}

/** call-status in a process that only records. */
export function recording(inbox: Inbox): CallStatusOptions {
  return { providers: [signalwire({ signingKey: SIGNING_KEY })], publicUrl: PUBLIC_URL, inbox, worker: false };
}

/** call-status as a user sets it up whose provider sends multipart bodies and cannot sign. */
export function withToken(sink: Sink): CallStatusOptions {
  return {
    providers: [exotel({ token: TOKEN, onEnded: ({ callId, status }) => sink(callId, status) })],
    publicUrl: PUBLIC_URL,
    inbox: memoryInbox(),
  };
}
