import { create } from 'zustand';
import type { Status } from '../../proxy-core/api/contract.ts';
import { connectClient, type EngineClient } from './client.ts';
import { takeToken } from './token.ts';

/** `refused`: the engine is there and does not know the token, so that trying again is of no use until another one is given. */
export type Link = 'connecting' | 'open' | 'lost' | 'refused';

interface EngineState {
  link: Link;
  client: EngineClient | null;
  /** The newest status that the engine told; kept while the connection is lost. */
  status: Status | null;
  /** Of the store; rises with every change. */
  revision: number;
}

export const useEngine = create<EngineState>(() => ({ link: 'connecting', client: null, status: null, revision: 0 }));

/** The client, for a call made by the user. Throws a sentence while there is no connection. */
export function engine(): EngineClient {
  const { client } = useEngine.getState();
  if (client === null) throw new Error('Sidetap’s engine cannot be reached just now. Try again when the connection is back.');
  return client;
}

/** What an operation answered with is newer than the last live event. */
export function tellStatus(status: Status): void {
  useEngine.setState({ status });
}

const RETRY_MILLIS = [200, 400, 800, 1_500, 3_000];

/** A WebSocket does not say why it failed; a plain call does. */
async function isRefused(token: string): Promise<boolean> {
  if (token === '') return true;
  try {
    const answer = await fetch('/api/status', { headers: { Authorization: `Bearer ${token}` } });
    return answer.status === 401;
  } catch {
    // Nobody answers: that is a lost connection.
    return false;
  }
}

/** Connects, follows the live events, and connects again for as long as the window is open. */
export async function runConnection(): Promise<never> {
  let failures = 0;
  for (;;) {
    // Anew each time: a new address may have been pasted over the old one.
    const token = takeToken(window.location, window.history, window.sessionStorage);
    try {
      const connection = await connectClient({ url: window.location.origin, token });
      const stop = new AbortController();
      // A stream that waits for its next event would wait for ever on a connection that is gone.
      connection.onClose(() => stop.abort());
      try {
        const events = await connection.client.live(undefined, { signal: stop.signal });
        for await (const event of events) {
          failures = 0;
          useEngine.setState({ link: 'open', client: connection.client, status: event.status, revision: event.revision });
        }
      } finally {
        connection.close();
      }
    } catch (error) {
      // Shown as the connection's state below; the next attempt tells more.
      console.debug('connection to the engine ended', error);
    }
    failures += 1;
    useEngine.setState({ link: 'lost', client: null });
    if (await isRefused(token)) useEngine.setState({ link: 'refused' });
    await new Promise((resolve) => {
      setTimeout(resolve, RETRY_MILLIS[Math.min(failures, RETRY_MILLIS.length) - 1]);
    });
  }
}
