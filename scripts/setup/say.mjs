/** Set-up talks on stderr: stdout belongs to the program that is run. */
export function say(text) {
  process.stderr.write(`sidetap: ${text}\n`);
}

/** An error that a person can act on: printed as it is, without a stack. */
export class SetupError extends Error {
  name = 'SetupError';
}
