import type { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { BODIES, READERS, sendForm, statusOf } from './body-readers.ts';

/** A server whose application reads each body with `read`, receives at `/mycpaas`, and answers a form `Other=1` at `/other` with 201. */
export interface ReadingServer {
  readonly port: number;
  /** What the application has read of the last body. */
  readonly all: () => Promise<string> | undefined;
}

/** Defines the tests of an adapter beside other code that reads the body. */
export function testOtherReaders(start: (read: (stream: Readable) => Promise<string>) => Promise<ReadingServer>): void {
  it.each(READERS.flatMap(({ name, read }) => BODIES.map(([of, pieces]) => ({ name, read, of, pieces }))))(
    'accepts $of that is also read by $name',
    async ({ read, pieces }) => {
      const { port, all } = await start(read);
      expect([await statusOf(sendForm(port, '/mycpaas', pieces)), await all()]).toEqual([200, pieces.join('')]);
    },
  );

  it.each(READERS.filter(({ name }) => name === 'data events' || name.includes('pipe')))(
    'leaves a body to the application that is also read by $name',
    async ({ read }) => {
      const { port, all } = await start(read);
      expect([await statusOf(sendForm(port, '/other', ['Other=1'])), await all()]).toEqual([201, 'Other=1']);
    },
  );
}
