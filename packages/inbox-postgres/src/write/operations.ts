import type { Taken, TakeRequest } from '@call-status/core/inbox';
import { type DeadLetterOperations, deadLetterOperations } from './dead-letters.ts';
import type { Endings } from './endings.ts';
import { type EraseOperations, eraseOperations } from './erase.ts';
import { importOperation } from './import.ts';
import type { Operation } from './operation.ts';
import { recordOperation } from './record.ts';
import { type LeaseOperations, leaseOperations } from './results.ts';
import { takeOperation } from './take.ts';

/** All that writes in groups. */
export interface Operations extends LeaseOperations, DeadLetterOperations, EraseOperations {
  readonly record: ReturnType<typeof recordOperation>;
  readonly take: Operation<TakeRequest, Taken>;
  readonly importCall: ReturnType<typeof importOperation>;
}

/** @param schema quoted */
export function operationsOf(schema: string, endings: Endings): Operations {
  return {
    record: recordOperation(schema),
    take: takeOperation(schema),
    ...leaseOperations(schema, endings),
    ...deadLetterOperations(schema),
    ...eraseOperations(schema),
    importCall: importOperation(schema),
  };
}
