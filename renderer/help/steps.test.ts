import { describe, expect, it } from 'vitest';
import { stepOf } from './steps.ts';

describe('stepOf', () => {
  it.each([
    ['sudo update-ca-certificates', '', 'sudo update-ca-certificates'],
    ['RUN update-ca-certificates', '', 'RUN update-ca-certificates'],
    ['Undo: unset SSL_CERT_FILE', 'Undo', 'unset SSL_CERT_FILE'],
    [
      'Undo, in PowerShell: Get-ChildItem Cert:\\Root | Remove-Item',
      'Undo, in PowerShell',
      'Get-ChildItem Cert:\\Root | Remove-Item',
    ],
    ['curl --cacert ca.pem https://…', '', 'curl --cacert ca.pem https://…'],
    [
      'Windows asks whether to install it; all trust the CA from then on.',
      'Windows asks whether to install it; all trust the CA from then on.',
      '',
    ],
    ['On Linux: Settings > Certificates > Import.', 'On Linux: Settings > Certificates > Import.', ''],
  ])('reads %j', (step, text, command) => {
    expect(stepOf(step)).toEqual({ text, command });
  });
});
