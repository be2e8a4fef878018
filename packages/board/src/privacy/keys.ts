import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { isStorable, maskId } from '@call-status/core/inbox';
import { notFound } from '../http/failure.ts';

/** What identifies a call. */
export interface CallId {
  readonly provider: string;
  readonly callId: string;
  readonly tenant?: string;
}

const PLAIN = 'p';
const SEALED = 's';
const SECRET_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** No key of the board is longer. */
const LONGEST = 8192;

function isName(part: unknown): part is string {
  return typeof part === 'string' && isStorable(part);
}

/**
 * Names of calls and events in the URLs of the board. A name that contains a number is sealed for visitors who may not see it. The same
 * name is always sealed in the same way, so that the page finds it again.
 */
export class Keys {
  readonly #secret: Buffer;
  readonly #nonceSecret: Buffer;

  /** @param secret shared by all that must know each other's keys */
  constructor(secret: string | Buffer = randomBytes(SECRET_BYTES)) {
    const derived = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', secret, '', purpose, SECRET_BYTES));
    this.#secret = derived('keys of the board');
    this.#nonceSecret = derived('nonces of keys of the board');
  }

  /** @param isRevealed whether the visitor may see numbers */
  ofCall({ provider, tenant, callId }: CallId, isRevealed: boolean): string {
    return this.#encode([provider, tenant ?? '', callId], isRevealed);
  }

  ofEvent(eventId: string, isRevealed: boolean): string {
    return this.#encode([eventId], isRevealed);
  }

  callOf(key: string): CallId {
    const [provider, tenant, callId] = this.#decode(key, 3) as [string, string, string];
    return { provider, callId, ...(tenant !== '' && { tenant }) };
  }

  eventOf(key: string): string {
    return this.#decode(key, 1)[0] as string;
  }

  #encode(parts: readonly string[], isRevealed: boolean): string {
    const bytes = Buffer.from(JSON.stringify(parts));
    const isPlain = isRevealed || parts.every((part) => maskId(part) === part);
    return isPlain ? PLAIN + bytes.toString('base64url') : SEALED + this.#seal(bytes).toString('base64url');
  }

  #seal(bytes: Buffer): Buffer {
    const nonce = createHmac('sha256', this.#nonceSecret).update(bytes).digest().subarray(0, NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#secret, nonce);
    return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  }

  #open(sealed: Buffer): Buffer {
    const decipher = createDecipheriv('aes-256-gcm', this.#secret, sealed.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  }

  #decode(key: string, length: number): readonly string[] {
    try {
      const bytes = Buffer.from(key.slice(1, LONGEST), 'base64url');
      const parts: unknown = JSON.parse((key.startsWith(SEALED) ? this.#open(bytes) : bytes).toString());
      if (Array.isArray(parts) && parts.length === length && parts.every(isName)) {
        return parts;
      }
    } catch {
      // It is not one of ours, or was sealed with another secret: by another host, or before a restart.
    }
    throw notFound('The key is not known.');
  }
}
