import { Agent, get } from 'node:http';

/** Calls a URL again and again over few connections that are kept alive, until its input ends; then prints how many calls there were, and each that failed. */
const [url = ''] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 4 });
let calls = 0;
const input = process.stdin;

function call(): Promise<void> {
  return new Promise((resolve) => {
    const failed = (error: Error): void => {
      console.log('lost', error.message);
      resolve();
    };
    get(url, { agent }, (response) => {
      response.on('error', failed);
      response.resume().on('end', () => {
        calls += 1;
        resolve();
      });
    }).on('error', failed);
  });
}

async function loop(): Promise<void> {
  while (!input.readableEnded) await call();
}

input.resume();
console.log('started');
await Promise.all([loop(), loop(), loop(), loop()]);
console.log('calls', calls);
process.exit(0);
