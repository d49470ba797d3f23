import { describe, expect, it } from 'vitest';
import { pemParts, pemProblem } from './pem.ts';

const block = (name: string, body = 'AAAA'): string => `-----BEGIN ${name}-----\n${body}\n-----END ${name}-----`;
const certificate = block('CERTIFICATE');
const key = block('PRIVATE KEY');

describe('pemParts', () => {
  it('takes certificates and key out of one file, and leaves what is around them', () => {
    const both = `subject=CN = web\n${key}\n\n${certificate}\n${block('CERTIFICATE', 'BBBB')}\n`;
    expect(pemParts(both)).toEqual({ chainPem: `${certificate}\n${block('CERTIFICATE', 'BBBB')}`, keyPem: key });
  });

  it('finds nothing where nothing is', () => {
    expect(pemParts('-----BEGIN CERTIFICATE-----\nAAAA')).toEqual({ chainPem: '', keyPem: '' });
  });
});

describe('pemProblem', () => {
  it('has nothing against a pair, nor against what is not filled in yet', () => {
    expect(pemProblem({ chainPem: certificate, keyPem: block('EC PRIVATE KEY') })).toEqual({ chain: '', key: '' });
    expect(pemProblem({ chainPem: ' ', keyPem: '' })).toEqual({ chain: '', key: '' });
  });

  it('says what is in the wrong field', () => {
    expect(pemProblem({ chainPem: key, keyPem: certificate })).toEqual({
      chain: expect.stringContaining('no certificate') as string,
      key: expect.stringContaining('no private key') as string,
    });
  });

  it.each([block('ENCRYPTED PRIVATE KEY'), block('RSA PRIVATE KEY', 'Proc-Type: 4,ENCRYPTED\n\nAAAA')])(
    'says how to unlock a locked key',
    (locked) => {
      expect(pemProblem({ chainPem: certificate, keyPem: locked }).key).toContain('passphrase');
    },
  );
});
