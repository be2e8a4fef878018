import type { FastifyRequest } from 'fastify';

/** Whether Fastify trusts the proxy that a request comes from. Fastify reveals its setting only by how it interprets a forwarded header. */
export function trustsProxy(request: FastifyRequest): boolean {
  const probe: FastifyRequest = Object.create(request, { headers: { value: { 'x-forwarded-proto': 'probe' } } });
  return probe.protocol === ('probe' as string);
}
