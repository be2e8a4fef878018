import { wrongUsage } from '../cli-error.ts';

/** The address at which a provider would call a server. */
export interface Address {
  readonly url: string;
  /** The part of its path that a proxy removes: the server is called without it. */
  readonly prefix: string;
}

/**
 * The address at which the provider would call the server.
 *
 * @param to where the server listens
 * @throws CliError wrong_usage
 */
export function addressOf(to: URL, publicUrl: string | undefined): Address {
  const path = to.pathname + to.search;
  if (publicUrl === undefined) return { url: to.origin + path, prefix: '' };
  if (!URL.canParse(publicUrl) || !/^https?:/.test(publicUrl)) {
    throw wrongUsage(
      `--public-url is not "${publicUrl}".`,
      'It is the publicUrl of the server: https://hooks.example.com.',
    );
  }
  const { origin, pathname } = new URL(publicUrl);
  const prefix = pathname.replace(/\/+$/, '');
  // As the receiver does it, so that the whole callback URL is valid, too.
  const isUnder = path.startsWith(prefix) && /^(?:[/?]|$)/.test(path.slice(prefix.length));
  return isUnder ? { url: origin + path, prefix: '' } : { url: origin + prefix + path, prefix };
}
