import { parentPort, workerData } from 'node:worker_threads';
import { failureValue } from './calls.ts';
import type { CallMessage, FromReader, ReaderData } from './messages.ts';
import { ReaderService } from './reader-service.ts';

/** Entry of the reader thread. */
const port = parentPort;
if (port === null) throw new Error('this program is a worker thread of the store');
const post = (message: FromReader, transfer?: ArrayBuffer[]): void => port.postMessage(message, transfer);

try {
  const service = new ReaderService(workerData as ReaderData, post);
  port.on('message', (message: CallMessage) => service.receive(message));
} catch (error) {
  post({ type: 'failed', error: failureValue(error) });
}
