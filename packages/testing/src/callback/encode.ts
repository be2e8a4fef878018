/** How the fields of a callback are written: in a body, or as the query of a GET. */
export type Encoding = 'form' | 'multipart' | 'json' | 'query';

/** The parts of a request that contain its fields. */
export interface Written {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Without `?`. */
  readonly query: string;
}

/** Does not occur in any body. */
const BOUNDARY = '----call-status-testing';

/** Writes fields in an encoding. Except in JSON, nested names become `Legs[0][Status]`. */
export function encode(encoding: Encoding, fields: object): Written {
  switch (encoding) {
    case 'json':
      return written('application/json', JSON.stringify(fields));
    case 'form':
      return written('application/x-www-form-urlencoded', queryOf(fields));
    case 'query':
      return { headers: {}, body: new Uint8Array(), query: queryOf(fields) };
    case 'multipart': {
      const parts = pairsOf(fields).map(
        ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      );
      return written(`multipart/form-data; boundary=${BOUNDARY}`, `${parts.join('')}--${BOUNDARY}--\r\n`);
    }
  }
}

function written(type: string, body: string): Written {
  return { headers: { 'content-type': type }, body: Buffer.from(body), query: '' };
}

function queryOf(fields: object): string {
  return new URLSearchParams(pairsOf(fields)).toString();
}

/** The names and values of a form. Null becomes empty. */
function pairsOf(fields: object): [string, string][] {
  const pairs: [string, string][] = [];
  const add = (name: string, value: string | number | boolean | object | null): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) add(`${name}[${key}]`, inner);
    } else pairs.push([name, value === null ? '' : String(value)]);
  };
  for (const [name, value] of Object.entries(fields)) add(name, value);
  return pairs;
}
