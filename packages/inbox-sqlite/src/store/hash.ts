import { createHash } from 'node:crypto';

/** Of the code units: in UTF-8, texts that differ by halves of characters would be the same. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf16le').digest('base64');
}

/** What stands for a call that is gone. */
export function keyOf(provider: string, tenant: string, callId: string): string {
  return hashOf(JSON.stringify([provider, tenant, callId]));
}
