import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/** Trusts what Node brings, what the system trusts (a company's own CA is usually there) and what the user named. */
export function trustedContext(extraCaPem: readonly string[]): SecureContext {
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
