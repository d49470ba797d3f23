import { type CodeOptions, requestCode } from '../../export/code/code.ts';
import { type CurlOptions, curlCommand } from '../../export/curl.ts';
import { harEntryText } from '../../export/har.ts';
import { parseCurl } from '../../import/curl-command.ts';
import type { ReflectionTrust } from '../../protos/reflect.ts';
import { diffRecords } from '../../replay/diff.ts';
import type { ParsedCurl } from '../../rrpair/compose.ts';
import type { CodeExport } from '../../rrpair/copy-as.ts';
import type { MaskingRules } from '../../rrpair/masking.ts';
import type { PairRecord } from '../../rrpair/pair.ts';
import type { ProtoSource, ReflectionTarget } from '../../rrpair/protos.ts';
import type { CurlExport, Diff } from '../../rrpair/results.ts';
import type { MessageSide } from '../../rrpair/shapes.ts';
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
  code(record: PairRecord, options: CodeOptions): Promise<CodeExport>;
  /** See `harEntryText`. */
  harEntry(record: PairRecord, reveal: boolean, rules?: MaskingRules): Promise<Uint8Array<ArrayBuffer>>;
  parseCurl(command: string, shell?: ParsedCurl['shell']): Promise<ParsedCurl>;
  diff(before: PairRecord, after: PairRecord, side?: MessageSide): Promise<Diff>;
  /** See `writeTrustFiles`. */
  trustFiles(dataDir: string, authority: Pick<CertificateAuthority, 'caPath' | 'pem'>): Promise<TrustFiles>;
  /** See `addProtoFiles`. */
  protoFiles(dataDir: string, paths: readonly string[], title: string): Promise<ProtoSource>;
  /** See `addReflectedProtos`. */
  reflectedProtos(dataDir: string, target: ReflectionTarget, trust: ReflectionTrust): Promise<ProtoSource>;
}

export const jobsHere: Jobs = {
  curl: async (record, options) => curlCommand(record, options),
  code: async (record, options) => requestCode(record, options),
  harEntry: async (record, reveal, rules) => harEntryText(record, reveal, rules),
  parseCurl: async (command, shell) => parseCurl(command, shell),
  diff: async (before, after, side) => diffRecords(before, after, side),
  trustFiles: (dataDir, authority) => writeTrustFiles(dataDir, authority),
  // What reads such files is large, and hardly ever needed.
  protoFiles: async (...args) => (await import('../../protos/add.ts')).addProtoFiles(...args),
  reflectedProtos: async (...args) => (await import('../../protos/add.ts')).addReflectedProtos(...args),
};
