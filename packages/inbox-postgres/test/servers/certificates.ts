import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresServer } from './postgres.ts';

/** Turns on TLS, with a certificate for `localhost`, and asks for passwords. Returns the certificate of the authority that signed it. */
export async function turnOnTls(server: PostgresServer): Promise<string> {
  const { folder, data } = server;
  const openssl = (...args: string[]) => folder.run('openssl', args);
  const request = ['-newkey', 'rsa:2048', '-nodes', '-days', '1'];
  const [ca, caKey, key, asked, certificate, names] = [
    'ca.crt',
    'ca.key',
    'server.key',
    'server.csr',
    'server.crt',
    'names',
  ].map((name) => join(data, name)) as [string, string, string, string, string, string];
  openssl('req', '-x509', ...request, '-subj', '/CN=Authority', '-keyout', caKey, '-out', ca);
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-keyout', key, '-out', asked);
  writeFileSync(names, 'subjectAltName = DNS:localhost');
  openssl(
    'x509',
    '-req',
    '-in',
    asked,
    '-CA',
    ca,
    '-CAkey',
    caKey,
    '-CAcreateserial',
    '-extfile',
    names,
    '-days',
    '1',
    '-out',
    certificate,
  );
  await server.query('ALTER SYSTEM SET ssl = on');
  await server.query("CREATE ROLE caller SUPERUSER LOGIN PASSWORD 'secret'");
  writeFileSync(join(data, 'pg_hba.conf'), 'hostssl all caller all scram-sha-256\nhost all postgres all trust\n');
  await server.query('SELECT pg_reload_conf()');
  return readFileSync(ca, 'utf8');
}
