import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface Held {
  /** Resolves with how many connections still answered a request after all of them had been open for a while. */
  answered: Promise<number>;
  close(): Promise<void>;
}

/** Connections opened at a time; more would overrun the accept queue, which is the kernel's limit and not the target's. */
const AT_A_TIME = 200;

/** Opens connections, leaves them idle for a few seconds, then asks each for a response. */
export function holdIdle(port: number, count: number, host: string): Held {
  const sockets: net.Socket[] = [];
  const answered = (async () => {
    while (sockets.length < count) {
      const batch = await Promise.all(Array.from({ length: Math.min(AT_A_TIME, count - sockets.length) }, () => open(port)));
      sockets.push(...batch);
    }
    await delay(5_000);
    let answers = 0;
    for (let i = 0; i < sockets.length; i += AT_A_TIME) {
      const batch = await Promise.all(sockets.slice(i, i + AT_A_TIME).map((socket) => ask(socket, host)));
      answers += batch.filter(Boolean).length;
    }
    return answers;
  })();
  return {
    answered,
    close: async () => {
      await answered;
      for (const socket of sockets) socket.destroy();
    },
  };
}

function open(port: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.off('error', reject);
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

function ask(socket: net.Socket, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), 10_000);
    socket.once('data', (bytes) => {
      clearTimeout(timer);
      resolve(bytes.toString('latin1').startsWith('HTTP/1.1 200'));
    });
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(false);
    });
    socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  });
}
