import type { Sent } from './message-of.ts';

/** Where a field is, its values in the order in which they come: a name with dots is nested. */
export type Pairs = readonly (readonly [path: string, value: unknown])[];

export type Encoding = 'form' | 'multipart' | 'JSON' | 'query' | 'parsed form' | 'parsed JSON';

export function encode(pairs: Pairs, encoding: Encoding): Sent {
  const headers = { 'content-type': TYPES[encoding] };
  if (encoding === 'query') return { method: 'GET', url: `/hooks?${formText(pairs)}`, headers: {} };
  const post = { method: 'POST', url: '/hooks', headers };
  switch (encoding) {
    case 'form':
      return { ...post, body: formText(pairs) };
    case 'multipart':
      return { ...post, body: multipart(pairs) };
    case 'JSON':
      return { ...post, body: JSON.stringify(nested(pairs)) };
    case 'parsed form':
      return { ...post, parsed: flat(pairs) };
    case 'parsed JSON':
      return { ...post, parsed: nested(pairs) };
  }
}

export const TYPES: Readonly<Record<Encoding, string>> = {
  form: 'application/x-www-form-urlencoded',
  multipart: 'multipart/form-data; boundary=b',
  JSON: 'application/json',
  query: '',
  'parsed form': 'application/x-www-form-urlencoded',
  'parsed JSON': 'application/json',
};

/** `Legs.0.Status` as a form writes it. */
export function formName(path: string): string {
  const [first, ...rest] = path.split('.');
  return `${first}${rest.map((step) => `[${step}]`).join('')}`;
}

export function formText(pairs: Pairs): string {
  return new URLSearchParams(
    pairs.map(([path, value]) => [formName(path), String(value)] as [string, string]),
  ).toString();
}

export function multipart(pairs: Pairs): string {
  const parts = pairs.map(
    ([path, value]) => `--b\r\nContent-Disposition: form-data; name="${formName(path)}"\r\n\r\n${String(value)}\r\n`,
  );
  return `${parts.join('')}--b--\r\n`;
}

/** What a body parser makes of a form: repeated names become lists. */
export function flat(pairs: Pairs): object {
  const fields: Record<string, unknown> = {};
  for (const [path, value] of pairs) add(fields, formName(path), String(value));
  return fields;
}

export function nested(pairs: Pairs): object {
  const root: Record<string, unknown> = {};
  for (const [path, value] of pairs) {
    const steps = path.split('.');
    const last = steps.pop() as string;
    let at = root;
    for (const [index, step] of steps.entries()) {
      at[step] ??= steps[index + 1] === '0' ? [] : {};
      at = at[step] as Record<string, unknown>;
    }
    add(at, last, value);
  }
  return root;
}

export function add(fields: Record<string, unknown>, name: string, value: unknown): void {
  fields[name] = name in fields ? [fields[name], value].flat() : value;
}
