import '../small-young-generation.ts';
import { writeSync } from 'node:fs';
import { messageOf } from '../errors.ts';
import { limits } from '../limits.ts';
import { Agent } from './agent.ts';
import { collectSoon } from './collect.ts';
import { standardStreams } from './home.ts';
import { agentOptions } from './options.ts';
import { becomeOwnUser } from './own-user.ts';
import { forgetStaleRedirects } from './stale-redirects.ts';

/**
 * The program that runs beside a container, in its network namespace: as root for what only root can do first, then as an unprivileged user. Standard input and
 * output are the link home; what it has to say at its end goes to standard error.
 */
async function main(): Promise<void> {
  collectSoon();
  const stale = process.getuid?.() === 0 ? await forgetStaleRedirects() : '';
  const agent = new Agent(agentOptions(process.env, becomeOwnUser()), standardStreams());
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void agent.stop(limits.drainMillis, 'The agent was asked to end.'));
  }
  process.on('uncaughtException', (error) => agent.fail(error));
  process.on('unhandledRejection', (error) => agent.fail(error));
  const ended = agent.run();
  if (stale !== '') {
    const text = `A connection that is open now may break, because the kernel does not forget what an earlier capture redirected: ${stale}.`;
    agent.complain('stale-redirects', text);
  }
  await ended;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    // Synchronously, because nothing else may happen any more. nft ends with us, and the table with it.
    writeSync(2, `${messageOf(error)}\n`);
    process.exit(1);
  },
);
