import type { CallStatusEvent, Provider } from '@call-status/core';
import type {
  FastifyBaseLogger,
  FastifyPluginAsync,
  FastifyTypeProvider,
  RawServerBase,
  RawServerDefault,
} from 'fastify';
import type { CallStatusPluginOptions } from './options.ts';

export type { CallStatusPluginOptions } from './options.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The call status event of this request; `null` if it is not a callback. */
    callStatus: CallStatusEvent | null;
  }

  interface FastifyRegister<
    T = void,
    RawServer extends RawServerBase = RawServerDefault,
    TypeProviderDefault extends FastifyTypeProvider = FastifyTypeProvider,
    LoggerDefault extends FastifyBaseLogger = FastifyBaseLogger,
  > {
    /** Registers the plugin; its handlers get events of these providers. */
    // biome-ignore lint/style/useShorthandFunctionType: it adds a signature to Fastify's interface
    <const Providers extends readonly Provider[] = readonly Provider[]>(
      plugin: CallStatusPlugin,
      options: CallStatusPluginOptions<Providers>,
    ): T;
  }
}

declare const KIND: unique symbol;

/** The type of {@link callStatusPlugin}. */
export interface CallStatusPlugin extends FastifyPluginAsync<CallStatusPluginOptions> {
  /** Makes its type differ from other plugins; the property does not exist. */
  readonly [KIND]: 'call-status';
}
