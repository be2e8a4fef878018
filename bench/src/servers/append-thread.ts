/** Appends texts to a file, all that are there at a time together, and answers how many once they are on the disk. */
import { fdatasyncSync, openSync, writeSync } from 'node:fs';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';

const port = parentPort as MessagePort;
const file = openSync(workerData as string, 'a');

port.on('message', (first: string[]) => {
  const texts = [...first];
  for (let more = receiveMessageOnPort(port); more !== undefined; more = receiveMessageOnPort(port)) {
    texts.push(...more.message);
  }
  writeSync(file, `${texts.join('\n')}\n`);
  fdatasyncSync(file);
  port.postMessage(texts.length);
});
