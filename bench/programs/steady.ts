import http from 'node:http';

/**
 * Sends requests at a steady rate: `steady.ts URL PER_SECOND SECONDS`. Prints how many were answered. What cannot be sent in time is sent
 * later, so that the rate holds on the whole.
 */
const [url = '', perSecond = '1000', seconds = '10'] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
const paths = ['/', '/orders', '/orders/7', '/users?page=2', '/cart'];
const [rate, span] = [Number(perSecond), Number(seconds) * 1_000];
const started = performance.now();
let sent = 0;
let answered = 0;

function send(): void {
  const path = paths[sent % paths.length] ?? '/';
  sent += 1;
  http
    .get(new URL(path, url), { agent }, (response) => {
      response.resume();
      response.once('end', () => {
        answered += 1;
      });
    })
    .on('error', () => {
      // Counted by not being answered.
    });
}

const timer = setInterval(() => {
  const passed = Math.min(performance.now() - started, span);
  while (sent < (passed / 1_000) * rate) send();
  if (passed < span) return;
  clearInterval(timer);
  setTimeout(() => {
    console.log(answered);
    agent.destroy();
  }, 500);
}, 5);
