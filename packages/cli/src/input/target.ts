import { wrongUsage } from '../cli-error.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\]|::1)$/;
const WITHOUT_SCHEME = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?(?:[/?]|$)/;

/**
 * The URL to send to: on this machine, unless a remote one is allowed.
 *
 * @param text may lack `http://` if it is on this machine
 * @throws CliError wrong_usage
 */
export function targetOf(text: string, { allowRemote = false }: { readonly allowRemote?: boolean | undefined }): URL {
  const address = WITHOUT_SCHEME.test(text) ? `http://${text}` : text;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw wrongUsage(
      `"${text}" is not a URL to send to.`,
      'Give the callback URL of your server: http://127.0.0.1:3000/webhooks/signalwire.',
    );
  }
  if (!allowRemote && !isLoopback(url.hostname)) {
    throw wrongUsage(
      `${url.hostname} is not this machine.`,
      'To send to it nevertheless, add --allow-remote. Its handlers will run as for a real call.',
    );
  }
  return url;
}

/**
 * Whether a name or an address is this machine. Other names that end in `localhost` are looked up, so another machine may answer to them.
 *
 * @param host an address of IPv6 with or without the brackets that it has in a URL
 */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}
