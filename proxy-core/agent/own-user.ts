import { SidetapError } from '../errors.ts';

/** The user and the group that the agent is from its first moments on; its own connections are told from the application's by them. */
export const agentUser = 4140;

/**
 * Gives up root for good, and with it every capability; nothing when it was not root. Returns the user that this process is now.
 *
 * @throws SidetapError `bad-usage`
 */
export function becomeOwnUser(): number {
  if (process.getuid?.() === 0) {
    process.setgroups?.([]);
    process.setgid?.(agentUser);
    process.setuid?.(agentUser);
  }
  const uid = process.getuid?.() ?? 0;
  // An application that runs as root would not be redirected, and what comes from outside is not read as root.
  if (uid === 0)
    throw new SidetapError('bad-usage', 'Sidetap’s agent cannot give up root. Give it the capabilities SETUID and SETGID.');
  return uid;
}
