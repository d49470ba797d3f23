import type { EngineProcessEvent, EngineProcessOptions } from './api/process-messages.ts';
import { stopMessage } from './api/process-messages.ts';
import { readRunInfo, resolveDataDir } from './data-dir.ts';
import { startEngine } from './engine.ts';
import { messageOf, SidetapError } from './errors.ts';
import { limits } from './limits.ts';

/**
 * An engine as a process of its own, for Electron's `utilityProcess` and for `child_process.fork`. It ends when it is told to
 * (`stopMessage`, SIGTERM, SIGINT), when its parent is gone, and when a client asks for it.
 */

/** What the two kinds of parents have in common. */
interface Parent {
  post: (event: EngineProcessEvent) => void;
  onMessage: (listener: (message: unknown) => void) => void;
  onGone: (listener: () => void) => void;
}

/** Of Electron's `process.parentPort`, as far as it is used: outside of Electron its types are not to be had. */
interface ParentPort {
  postMessage: (message: unknown) => void;
  on: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) => void;
}

function findParent(): Parent | null {
  const port = (process as unknown as { parentPort?: ParentPort }).parentPort;
  if (port !== undefined) {
    return {
      post: (event) => port.postMessage(event),
      onMessage: (listener) => port.on('message', ({ data }) => listener(data)),
      onGone: (listener) => port.on('close', listener),
    };
  }
  const send = process.send?.bind(process);
  if (send === undefined) return null;
  return {
    post: (event) => {
      // Of a parent that is gone, `disconnect` tells.
      if (process.connected) send(event, undefined, undefined, () => {});
    },
    onMessage: (listener) => process.on('message', listener),
    onGone: (listener) => process.on('disconnect', listener),
  };
}

function readOptions(text: string | undefined): EngineProcessOptions {
  return text === undefined ? {} : (JSON.parse(text) as EngineProcessOptions);
}

async function main(parent: Parent | null): Promise<void> {
  const { promise: stopAsked, resolve: askToStop } = Promise.withResolvers<void>();
  parent?.onMessage((message) => {
    if (message === stopMessage) askToStop();
  });
  parent?.onGone(askToStop);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, askToStop);

  const options = readOptions(process.argv[2]);
  const engine = await startEngine({ ...options, dataDir: resolveDataDir(options.dataDir) });
  // Traffic first: a defect in one connection's handling must not take the others down. It is shown instead.
  process.on('uncaughtException', engine.report);
  process.on('unhandledRejection', engine.report);
  parent?.post({ event: 'ready', url: engine.api.url, token: engine.api.token });
  await Promise.race([stopAsked, engine.ended]);
  await engine.stop();
}

/** The engine that holds the data directory, for a parent that may show that one instead. */
function runningEngine(error: unknown): { url: string; token: string } | null {
  if (!(error instanceof SidetapError) || error.code !== 'data-dir-in-use') return null;
  const run = readRunInfo(String(error.details['dataDir']));
  return run === null ? null : { url: run.api, token: run.token };
}

// Who reads what is said here may go away. Saying so would be said to nobody too, and again, without an end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
const parent = findParent();
try {
  await main(parent);
  process.exit(0);
} catch (error) {
  // Whoever started it says it to the user in its own way.
  if (parent === null) process.stderr.write(`sidetap: ${messageOf(error)}\n`);
  else parent.post({ event: 'failed', message: messageOf(error), running: runningEngine(error) });
  // The message needs a moment to leave. A channel is flushed when it is let go of; Electron's port can only be waited for.
  process.exitCode = 1;
  if (process.connected) process.disconnect();
  setTimeout(() => process.exit(), limits.lastWordsMillis).unref();
}
