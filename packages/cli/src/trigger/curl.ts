import { type Callback, callback, type ProviderLike } from '@call-status/testing';
import { variableOf } from '../input/secrets.ts';

/** Stands for a secret until the command is written; the command quotes what has it. */
const MARK = { secret: '?call_status_secret?', basic: '?call_status_basic?', token: '?call_status_token?' };

/**
 * The callback as a curl command. A signature is part of it: it proves this one request. A token or credentials would prove any request, so
 * the command takes them from variables of the shell.
 */
export function curlOf(provider: ProviderLike, made: Callback): string {
  const { name, secretOption, signs } = provider.definition;
  const { secret, token } = made.made.proof;
  const hidden = signs === 'nothing' ? secret : undefined;
  const marked = {
    ...made,
    url: token === undefined ? made.url : made.url.replace(`token=${encodeURIComponent(token)}`, `token=${MARK.token}`),
    headers: Object.fromEntries(
      Object.entries(made.headers).map(([header, value]) => [
        header,
        hidden === undefined ? value : without(value, hidden),
      ]),
    ),
  };
  const variable = `"$${variableOf(name, secretOption ?? '')}"`;
  return [
    [MARK.token, `"$${variableOf(name, 'token')}"`],
    [MARK.basic, `"$(printf %s ${variable} | base64 -w0)"`],
    [MARK.secret, variable],
  ].reduce((text, [mark = '', shell = '']) => fill(text, mark, shell), callback.curl(marked));
}

/** Outside of the single quotes, where the shell looks for variables. */
function fill(command: string, mark: string, shell: string): string {
  return command.replaceAll(`${mark}'`, `'${shell}`).replaceAll(mark, `'${shell}'`);
}

/** A header without the credentials: as they are, or in Base64. */
function without(value: string, secret: string): string {
  return value.replace(Buffer.from(secret).toString('base64'), MARK.basic).replace(secret, MARK.secret);
}
