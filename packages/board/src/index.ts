export { type BasicOptions, basic } from './access/basic.ts';
export type * from './api/types.ts';
export type { Board } from './board.ts';
export { createBoard } from './create-board.ts';
export type { BoardCalls, BoardContext, BoardOptions, BoardUser } from './options.ts';
export type { MaskOption } from './privacy/privacy.ts';
