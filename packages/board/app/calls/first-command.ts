const LOOPBACK = /^https?:\/\/(?:localhost|127(?:\.\d+){3}|\[::1\])[:/]/;

/** The command that sends a first callback. It is sent to another machine only with a flag. */
export function firstCommand(provider: string, url: string | undefined): string {
  const command = `npx call-status trigger ${provider}.completed --to`;
  if (url === undefined) return `${command} <the URL of your callbacks>`;
  return `${command} '${url.replaceAll("'", '%27')}'${LOOPBACK.test(url) ? '' : ' --allow-remote'}`;
}
