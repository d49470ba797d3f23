import { Worker } from 'node:worker_threads';
import { errorOf } from './calls.ts';
import type { FromReader, FromWriter, ReaderData, WriterData } from './messages.ts';
import { workerUrl } from './worker-url.ts';

type Name = 'writer-worker' | 'reader-worker';
interface MessagesOf {
  'writer-worker': FromWriter;
  'reader-worker': FromReader;
}

/**
 * Starts a worker of the store and waits for its `opened`. `onMessage` gets all messages but `failed`, that one included; `onDeath` is
 * called when the thread ends by itself. Throws what kept it from opening.
 */
export function startWorker<N extends Name>(
  name: N,
  data: WriterData | ReaderData,
  onMessage: (message: MessagesOf[N]) => void,
  onDeath: (error: Error) => void,
): Promise<Worker> {
  const worker = new Worker(workerUrl(name), { workerData: data, name: `store ${name}` });
  return new Promise((resolve, reject) => {
    let opened = false;
    let failure: Error | undefined;
    worker.on('message', (message: MessagesOf[N]) => {
      if (message.type === 'failed') {
        reject(errorOf(message.error));
        void worker.terminate();
        return;
      }
      if (message.type === 'opened') {
        opened = true;
        resolve(worker);
      }
      onMessage(message);
    });
    worker.on('error', (error) => {
      failure = error instanceof Error ? error : new Error(String(error));
    });
    worker.on('exit', (code) => {
      const error = failure ?? new Error(`the store's ${name} ended with code ${String(code)}`);
      if (opened) onDeath(error);
      else reject(error);
    });
  });
}
