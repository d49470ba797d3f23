import { parentPort } from 'node:worker_threads';
import { failureValue } from '../../store/calls.ts';
import type { CallMessage, ReplyMessage } from '../../store/messages.ts';
import { largeParts, ownMemory } from '../../store/own-memory.ts';
import { type Jobs, jobsHere } from './jobs.ts';

/** Entry of the thread for exports and comparisons. */
const port = parentPort;
if (port === null) throw new Error('this program is a worker thread of the engine');

async function answer({ call, method, args }: CallMessage): Promise<ReplyMessage> {
  try {
    // `JobThread` has checked names and arguments against `Jobs`.
    const job = jobsHere[method as keyof Jobs] as (...given: readonly unknown[]) => Promise<unknown>;
    return { type: 'reply', call, ok: true, value: await job(...args) };
  } catch (error) {
    return { type: 'reply', call, ok: false, error: failureValue(error) };
  }
}

port.on('message', (message: CallMessage) => {
  void answer(message).then((reply) => port.postMessage(reply, reply.ok ? ownMemory(largeParts(reply.value)) : []));
});
