import { SidetapError } from '../../errors.ts';
import type { CodeExport } from '../../rrpair/copy-as.ts';
import type { CodeFormat } from '../../rrpair/copy-formats.ts';
import type { MaskingRules } from '../../rrpair/masking.ts';
import type { PairRecord } from '../../rrpair/pair.ts';
import { outgoingRequest } from '../outgoing.ts';
import type { RecordedRequest } from '../request.ts';
import { codeRequest } from './code-request.ts';
import { csharpWriter } from './csharp.ts';
import { type Deviation, deviationSentence } from './deviation.ts';
import { fetchWriter } from './fetch.ts';
import { goWriter } from './go.ts';
import { httpieWriter } from './httpie.ts';
import { javaWriter } from './java.ts';
import { phpWriter } from './php.ts';
import { pythonWriter } from './python.ts';
import { rawRequest } from './raw.ts';
import { wgetWriter } from './wget.ts';
import type { CodeWriter } from './writer.ts';

export interface CodeOptions {
  format: CodeFormat;
  /** Leave secrets in. */
  reveal: boolean;
  /** What is a secret; by default what comes with Sidetap. */
  rules?: MaskingRules;
}

export const writers: Readonly<Record<Exclude<CodeFormat, 'raw'>, CodeWriter>> = {
  fetch: fetchWriter,
  python: pythonWriter,
  go: goWriter,
  java: javaWriter,
  csharp: csharpWriter,
  php: phpWriter,
  httpie: httpieWriter,
  wget: wgetWriter,
};

/**
 * A program that sends what a pair recorded. Secrets are masked unless `reveal` is set. Throws `pair-not-replayable` for rows that hold no
 * HTTP request.
 */
export function requestCode(record: PairRecord, { format, reveal, rules }: CodeOptions): CodeExport {
  const { request, masked, notes } = outgoingRequest(record, reveal, rules);
  const said = request.complete
    ? notes
    : [...notes, 'Only part of the request body was kept, so less is sent than the application did.'];
  const name = `sidetap-${String(record.id)}`;
  if (format === 'raw') {
    const { text, bytes, whole } = rawRequest(request, masked.length > 0);
    const file = { name: `${name}.http`, base64: bytes.toString('base64') };
    const note = 'The request is no text, so the file holds all of it and the text only its head.';
    return { code: text, masked, bodyFile: whole ? null : file, notes: whole ? said : [...said, note] };
  }
  if (request.method === 'CONNECT') {
    throw new SidetapError(
      'pair-not-replayable',
      `Pair ${String(record.id)} opened a tunnel; there is no program to write for that.`,
    );
  }
  const { code, deviations, bodyFile } = writtenFor(request, writers[format], `${name}.body`);
  const { client, comment, prologue = '' } = writers[format];
  const sentences = [...new Set([...said, ...deviations.map((deviation) => deviationSentence(deviation, client))])];
  const comments = comment === null ? '' : sentences.map((sentence) => `${comment} ${sentence}\n`).join('');
  return {
    code: `${prologue}${comments}${code}`,
    masked,
    bodyFile: bodyFile === null ? null : { name: bodyFile.name, base64: bodyFile.bytes.toString('base64') },
    notes: sentences,
  };
}

export interface WrittenCode {
  code: string;
  /** Everything in which what is sent will differ from the request. */
  deviations: Deviation[];
  bodyFile: { name: string; bytes: Buffer } | null;
}

/** Writes a request for one client. */
export function writtenFor(request: RecordedRequest, writer: CodeWriter, bodyName: string): WrittenCode {
  const deviations: Deviation[] = [];
  const deviate = (deviation: Deviation): void => {
    deviations.push(deviation);
  };
  const described = codeRequest(request, bodyName, deviate);
  // A shell's command line holds text only.
  if (writer.shell === true && described.body.kind === 'bytes') described.body = { kind: 'file', name: bodyName };
  const code = writer.write(described, deviate);
  return { code, deviations, bodyFile: described.body.kind === 'file' ? { name: bodyName, bytes: request.body } : null };
}
