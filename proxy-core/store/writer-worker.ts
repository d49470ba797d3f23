import { parentPort, workerData } from 'node:worker_threads';
import { failureValue } from './calls.ts';
import type { FromWriter, ToWriter, WriterData } from './messages.ts';
import { WriterService } from './writer-service.ts';

/** Entry of the writer thread. */
const port = parentPort;
if (port === null) throw new Error('this program is a worker thread of the store');
const post = (message: FromWriter, moved: readonly ArrayBuffer[] = []): void => port.postMessage(message, moved);

try {
  const service = new WriterService(workerData as WriterData, post);
  port.on('message', (message: ToWriter) => service.receive(message));
} catch (error) {
  post({ type: 'failed', error: failureValue(error) });
}
