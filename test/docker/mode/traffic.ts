import { Agent, type ClientRequest, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Requests that go on, over kept and over new connections, until they are stopped. */
export interface Traffic {
  /** Resolves when so many more were answered. */
  more(count: number): Promise<void>;
  stop(): Promise<{ requests: number; failures: string[] }>;
}

const WORKERS = 4;
const PAUSE_MILLIS = 2;

export function startTraffic(host: string, port: number): Traffic {
  const kept = new Agent({ keepAlive: true });
  const failures: string[] = [];
  const state = { requests: 0, stopped: false };
  const worker = async (number: number): Promise<void> => {
    while (!state.stopped) {
      // Half of the workers keep their connections: those that were open before a switch live through it.
      const failure = await request(host, port, `/${String(state.requests)}`, number % 2 === 0 ? kept : false);
      if (failure !== null) failures.push(failure);
      state.requests += 1;
      await delay(PAUSE_MILLIS);
    }
  };
  const done = Promise.all(Array.from({ length: WORKERS }, (_, number) => worker(number)));
  return {
    more: async (count) => {
      const until = state.requests + count;
      while (state.requests < until) await delay(PAUSE_MILLIS);
    },
    stop: async () => {
      state.stopped = true;
      await done;
      kept.destroy();
      return { requests: state.requests, failures };
    },
  };
}

/** Why it failed and on what connection, or null. */
function request(host: string, port: number, path: string, agent: Agent | false): Promise<string | null> {
  return new Promise((settle) => {
    const resolve = (failure: string | null): void => settle(failure === null ? null : `${failure} (${connectionOf(sent)})`);
    const sent = get({ host, port, path, agent, timeout: 10_000 }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode === 200 ? null : `status ${String(response.statusCode)}`));
      response.once('error', (error) => resolve(error.message));
    });
    sent.once('timeout', () => sent.destroy(new Error('no answer within 10 s')));
    sent.once('error', (error) => resolve(error.message));
  });
}

/** Which connection it was on, and how far that had come. */
function connectionOf({ reusedSocket, socket }: ClientRequest): string {
  const from = socket?.localPort;
  const how = from === undefined ? 'not connected' : `from port ${String(from)}, ${String(socket?.bytesRead)} bytes read`;
  return `${reusedSocket ? 'kept' : 'new'} connection, ${how}`;
}
