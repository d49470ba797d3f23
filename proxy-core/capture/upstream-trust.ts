import { X509Certificate } from 'node:crypto';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { SidetapError } from '../errors.ts';

/**
 * Trusts what Node brings, what the system trusts (a company's own CA is usually there) and what the user named. Takes a tenth of a second,
 * so it is done before there is traffic.
 *
 * @throws SidetapError `certificate-unusable`
 */
export function trustedContext(extraCaPem: readonly string[]): SecureContext {
  for (const pem of extraCaPem) requireCertificate(pem);
  const ca = new Set([...getCACertificates('default'), ...systemCertificates(), ...extraCaPem]);
  return createSecureContext({ ca: [...ca] });
}

function systemCertificates(): string[] {
  try {
    return getCACertificates('system');
  } catch {
    // A system without a readable store has none to add; Node's own roots remain.
    return [];
  }
}

function requireCertificate(pem: string): void {
  try {
    void new X509Certificate(pem).subject;
  } catch (error) {
    const message =
      'The file with extra CAs holds no certificate in PEM form (-----BEGIN CERTIFICATE-----). Give one with --extra-ca.';
    throw new SidetapError('certificate-unusable', message, { cause: error });
  }
}
