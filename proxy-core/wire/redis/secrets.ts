/** Where credentials stand in the commands of Redis, so that they are never kept. */

const passwordOption = /pass|masterauth|auth-user/i;

/** Commands of which `isCredential` says so of any argument. */
export const commandsWithCredentials: ReadonlySet<string> = new Set(['AUTH', 'HELLO', 'MIGRATE', 'CONFIG', 'SENTINEL', 'ACL']);

/**
 * Whether the argument that begins now is a credential. `args` are those before it, the command's name first; `count` is how many there will be in all,
 * the name included.
 */
export function isCredential(args: readonly string[], count: number): boolean {
  const index = args.length;
  const name = (args[0] ?? '').toUpperCase();
  switch (name) {
    // AUTH password, AUTH user password.
    case 'AUTH':
      return index === count - 1 || index >= 2;
    // HELLO 3 AUTH user password.
    case 'HELLO':
      return index >= 4 && args[index - 2]?.toUpperCase() === 'AUTH';
    // MIGRATE … AUTH password, AUTH2 user password.
    case 'MIGRATE':
      return index >= 6 && (args[index - 1]?.toUpperCase() === 'AUTH' || args[index - 2]?.toUpperCase() === 'AUTH2');
    case 'CONFIG':
      return args[1]?.toUpperCase() === 'SET' && index >= 3 && index % 2 === 1 && passwordOption.test(args[index - 1] ?? '');
    // SENTINEL SET master auth-pass password, SENTINEL CONFIG SET sentinel-pass password.
    case 'SENTINEL':
      return index >= 3 && passwordOption.test(args[index - 1] ?? '');
    // The rules of a user: `>password`, `<password`, `#hash`, `!hash` among others that are none. All of them are masked.
    case 'ACL':
      return args[1]?.toUpperCase() === 'SETUSER' && index >= 3;
    default:
      return false;
  }
}

/** Which strings of the answer to a command are credentials: none, all, or those that stand after a name that says so. */
export type SecretAnswer = 'none' | 'named' | 'all';

export function secretAnswer(args: readonly string[]): SecretAnswer {
  const [name = '', sub = ''] = args;
  switch (name.toUpperCase()) {
    // CONFIG GET takes patterns, so that any of it may find passwords.
    case 'CONFIG':
      return sub.toUpperCase() === 'GET' ? 'named' : 'none';
    // Hashes of passwords, and the passwords that ACL GENPASS makes.
    case 'ACL':
      if (/^GETUSER$/i.test(sub)) return 'named';
      return /^(?:LIST|GENPASS)$/i.test(sub) ? 'all' : 'none';
    default:
      return 'none';
  }
}

/** Whether what stands after this name is a credential. */
export function namesCredential(name: string): boolean {
  return passwordOption.test(name);
}
