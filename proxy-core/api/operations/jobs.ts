import { type CurlOptions, curlCommand } from '../../export/curl.ts';
import { harEntryText } from '../../export/har.ts';
import { diffRecords } from '../../replay/diff.ts';
import type { PairRecord } from '../../rrpair/pair.ts';
import type { CurlExport, Diff } from '../../rrpair/results.ts';
import type { CertificateAuthority } from '../../tls/authority.ts';
import type { TrustFiles } from '../../tls/runtime-variables.ts';
import { writeTrustFiles } from '../../tls/trust-store.ts';

/**
 * What takes long for large bodies: decoding, masking, comparing. Where traffic passes through the process it is done on another thread
 * (`JobThread`), else where it is asked for (`jobsHere`). A record that was handed over must not be used any more: its bodies may have been
 * moved.
 */
export interface Jobs {
  curl(record: PairRecord, options: CurlOptions): Promise<CurlExport>;
  /** See `harEntryText`. */
  harEntry(record: PairRecord, reveal: boolean): Promise<Uint8Array<ArrayBuffer>>;
  diff(before: PairRecord, after: PairRecord): Promise<Diff>;
  /** See `writeTrustFiles`. */
  trustFiles(dataDir: string, authority: Pick<CertificateAuthority, 'caPath' | 'pem'>): Promise<TrustFiles>;
}

export const jobsHere: Jobs = {
  curl: async (record, options) => curlCommand(record, options),
  harEntry: async (record, reveal) => harEntryText(record, reveal),
  diff: async (before, after) => diffRecords(before, after),
  trustFiles: (dataDir, authority) => writeTrustFiles(dataDir, authority),
};
