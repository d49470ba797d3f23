import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { certificateInfoSchema } from '../rrpair/results.ts';
import { trustInstructions } from './instructions.ts';

const run = promisify(execFile);
const folder = `/home/o'neil/my "data"`;
const instructions = trustInstructions({
  caPath: `${folder}/ca.pem`,
  bundlePath: `${folder}/ca-bundle.pem`,
  p12Path: `${folder}/truststore.p12`,
  p12Password: 'changeit',
});

test('cover every system and runtime, each with its way back as the last step', () => {
  expect(certificateInfoSchema.shape.instructions.parse(instructions)).toEqual(instructions);
  expect(instructions.map(({ id }) => id)).toEqual([
    'macos',
    'windows',
    'debian',
    'fedora',
    'arch',
    'chrome',
    'firefox',
    'java',
    'node',
    'python',
    'curl',
    'wget',
    'docker',
  ]);
  for (const { id, steps } of instructions) expect(steps.at(-1), id).toMatch(/^Undo(?:, in PowerShell)?: /);
});

test('hand a path with quotes and spaces to a Unix shell as it is', async () => {
  const commands = instructions
    .filter(({ id }) => ['debian', 'fedora', 'arch', 'chrome', 'node', 'python'].includes(id))
    .flatMap(({ steps }) => steps.map((step) => step.replace(/^Undo: /, '')))
    .filter((step) => /^(?:sudo (?:cp|rm|trust|update-ca)|certutil|mkdir|export)/.test(step));
  expect(commands.length).toBeGreaterThan(10);
  const stubs = ['sudo', 'certutil', 'mkdir'].map((name) => `${name}() { printf '%s\\n' "$@"; }`).join('\n');
  const script = `${stubs}\n${commands.join('\n')}\nprintf '%s\\n' "$NODE_EXTRA_CA_CERTS" "$SSL_CERT_FILE"`;
  const { stdout } = await run('bash', ['-euc', script], { timeout: 20_000 });
  const words = stdout.split('\n').filter((word) => word.includes('neil'));
  expect(words.length).toBeGreaterThanOrEqual(7);
  for (const word of words) expect([`${folder}/ca.pem`, `${folder}/ca-bundle.pem`]).toContain(word);
});
