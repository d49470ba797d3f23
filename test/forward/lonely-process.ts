/** A process with nothing but a front in it: `package-defects.test.ts` looks at what it opens, writes and prints. */
import { startProxy } from './harness.ts';

const proxy = await startProxy();
const before = process.cpuUsage();
process.on('message', (message) => {
  if (message !== 'cpu') process.exit(0);
  const { user, system } = process.cpuUsage(before);
  process.send?.({ cpuMillis: (user + system) / 1000 });
});
process.send?.({ port: proxy.port });
