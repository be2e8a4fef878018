import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { onTestFinished } from 'vitest';
import type { CallbackRequest } from '../src/callback-request.ts';

/** Listens to a channel of `node:diagnostics_channel` until the test has finished; the messages so far. */
export function published<Message>(name: string, then: (message: Message) => void = () => {}): Message[] {
  const messages: Message[] = [];
  const listen = (message: unknown): void => {
    messages.push(message as Message);
    then(message as Message);
  };
  subscribe(name, listen);
  onTestFinished(() => void unsubscribe(name, listen));
  return messages;
}

/** A callback of mycpaas. */
export function callbackOf(body: string, more: Partial<CallbackRequest> = {}): CallbackRequest {
  return {
    method: 'POST',
    url: '/hooks',
    origin: 'http://hooks.example.com',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(body),
    ...more,
  };
}
