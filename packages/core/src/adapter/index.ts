import '../require-node.ts';

/** For authors of adapters: receives requests from Node's HTTP servers, and reads bodies without taking them away from the application. */
export type { Ack, CallbackReceiver, CallbackRequest, Receipt, RequestHead } from '../callback-request.ts';
export { receiverIssues } from '../options/receiver-options.ts';
export type { EventName, RecordOptions, Registrars } from '../receiver/types.ts';
export type { OptionRule } from '../rules/check-options.ts';
export { boardPath } from './board-path.ts';
export type { BodyStream } from './body-stream.ts';
export {
  checkMiddlewareOptions,
  isCallbackOnly,
  isExactPath,
  type MiddlewareOptions,
  type Place,
} from './callback-only.ts';
export {
  type Closable,
  type CloseGracefullyOptions,
  closeGracefully,
  type NodeServer,
  type ServerOwner,
  timeToClose,
} from './close-gracefully.ts';
export type { NodeRequest } from './node-callback.ts';
export { type Continuation, receiveNode, receiveRead } from './node-request.ts';
export { originOf } from './origin.ts';
export { readBody } from './read-body.ts';
export { type Board, type BoardContext, serveBoard } from './serve-board.ts';
export { type NodeExchange, serveFetch } from './serve-fetch.ts';
export { isReceiver, toReceiver } from './to-receiver.ts';
