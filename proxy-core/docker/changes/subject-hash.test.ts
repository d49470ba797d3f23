import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { subjectHash } from './subject-hash.ts';

const folder = '/etc/ssl/certs';

test('is what OpenSSL calls the roots of the system', () => {
  const names = readdirSync(folder).filter((name) => /^[0-9a-f]{8}\.0$/.test(name));
  expect(names.length).toBeGreaterThan(50);
  for (const name of names) expect(`${subjectHash(readFileSync(`${folder}/${name}`, 'utf8'))}.0`).toBe(name);
});

test.each([
  '/CN=Sidetap CA (me@host)',
  '/C=DE/O=  Spaces   and\tTABS /CN=Grüße ÄÖÜ ß',
  '/DC=org/DC=example/CN=UPPER lower',
  '/O=A+OU=B/CN=several in one',
])('is what openssl says of %s', (subject) => {
  const pem = execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      '/dev/null',
      '-utf8',
      '-multivalue-rdn',
      '-subj',
      subject,
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const said = execFileSync('openssl', ['x509', '-noout', '-subject_hash'], { input: pem, encoding: 'utf8' });
  expect(subjectHash(pem)).toBe(said.trim());
});
