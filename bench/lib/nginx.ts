import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { start, stop } from './process.ts';

export interface Nginx {
  pids: readonly number[];
  stop: () => Promise<void>;
}

/** Starts nginx with one worker and these server blocks, and waits until it listens on `port`. */
export async function startNginx(folder: string, name: string, http: string, port: number): Promise<Nginx> {
  const file = path.join(folder, `${name}.conf`);
  writeFileSync(
    file,
    `daemon off; worker_processes 1; pid ${folder}/${name}.pid; error_log ${folder}/${name}.log;
     events { worker_connections 30000; }
     http {
       access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; client_max_body_size 0; sendfile on;
       client_body_temp_path ${folder}/${name}-body; proxy_temp_path ${folder}/${name}-proxy; fastcgi_temp_path ${folder}/${name}-f;
       uwsgi_temp_path ${folder}/${name}-u; scgi_temp_path ${folder}/${name}-s;
       ${http}
     }`,
  );
  // One process instead of master and worker: its memory and its processor time are easy to tell.
  const child = start('nginx', ['-c', file, '-e', `${folder}/${name}.log`, '-g', 'master_process off; user root;']);
  await untilListening(port);
  return { pids: [child.pid ?? 0], stop: () => stop(child) };
}

/** Waits until something accepts connections on a port of 127.0.0.1, 20 s at most. */
export async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await delay(50);
  }
  throw new Error(`nothing listens on port ${String(port)}`);
}

/** A free port of 127.0.0.1. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
