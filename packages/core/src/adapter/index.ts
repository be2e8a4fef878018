import '../require-node.ts';

/** For authors of adapters: what those of node frameworks share, reading a request's body without taking it from the application. */
export { type BodyStream, contentLength, isFullyBuffered, peekBody, readBuffered } from './body.ts';
export {
  type Closable,
  type CloseGracefullyOptions,
  closeGracefully,
  type NodeServer,
  type ServerOwner,
  timeToClose,
} from './close-gracefully.ts';
export { inNextTurn } from './next-turn.ts';
export {
  isAnswer,
  isEndpoint,
  type NodeRequest,
  type Outcome,
  receiveNode,
  toEndpoint,
  whenAnswered,
} from './node-request.ts';
export { originOf } from './origin.ts';
