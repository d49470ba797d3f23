import { connect } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * A client in another network namespace: `client.ts HOST PORT`. Does what it reads (`send TEXT`, `end`, `reset`), a line each, and prints what happens.
 */
const [host = '', port = ''] = process.argv.slice(2);
const socket = connect({ host, port: Number(port), allowHalfOpen: true });
const say = (...what: unknown[]): void => console.log(...what);
socket.on('connect', () => say('connected'));
socket.on('data', (bytes) => say('data', JSON.stringify(String(bytes))));
socket.on('end', () => say('end'));
socket.on('error', (error: NodeJS.ErrnoException) => say('error', error.code));
socket.on('close', () => say('closed'));
createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (line === 'end') socket.end();
    else if (line === 'reset') socket.resetAndDestroy();
    else socket.write(`${line.replace(/^send /, '')}\n`);
  })
  .on('close', () => process.exit(0));
