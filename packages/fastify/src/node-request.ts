import { type NodeRequest, originOf } from '@call-status/core/adapter';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { trustsProxy } from './trusts-proxy.ts';

/** A request as call-status sees it. */
export function nodeRequestOf(request: FastifyRequest, { raw: res }: FastifyReply): NodeRequest {
  const { raw: req, method, headers, originalUrl: url, rawBody } = request as FastifyRequest & { rawBody?: unknown };
  const origin = (): string => originOf(req, () => trustsProxy(request));
  return { req, res, method, headers, url, origin, callbackOnly: true, rawBody, frameworkRequest: request };
}
