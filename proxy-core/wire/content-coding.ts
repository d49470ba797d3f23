import zlib from 'node:zlib';
import { limits } from '../limits.ts';

export interface DecodedContent {
  bytes: Uint8Array;
  /** False when more would have come: the data was cut off or damaged, or decoding was stopped at the limit, or was not possible. */
  complete: boolean;
  /** Why not all of it could be decoded, as a sentence; empty when it could. */
  problem: string;
}

/**
 * Undoes the codings of a Content-Encoding field (RFC 9110 8.4), the last one first. Never throws: of data that is cut off or damaged
 * it gives as much as can be had; of a bomb, up to `maxBytes`; with a coding it does not know, what stands inside that coding.
 *
 * It works synchronously, and for a large body for a while: call it where nothing else waits.
 */
export function decodeContent(
  bytes: Uint8Array,
  contentEncoding: string,
  maxBytes: number = limits.decodedBodyBytes,
): DecodedContent {
  const codings = contentEncoding
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity')
    .toReversed();
  let content: DecodedContent = { bytes, complete: true, problem: '' };
  if (codings.length > limits.contentCodings) {
    return { bytes, complete: false, problem: `The body is encoded ${codings.length} times over; it is shown as sent.` };
  }
  for (const coding of codings) {
    if (content.bytes.length === 0) break;
    const decoder = decoderOf(coding);
    if (decoder === undefined) {
      return {
        bytes: content.bytes,
        complete: false,
        problem: `The content coding “${coding}” is not known; the body is shown as sent.`,
      };
    }
    const decoded = decodeBounded(content.bytes, coding, decoder, maxBytes);
    content = {
      bytes: decoded.bytes,
      complete: content.complete && decoded.complete,
      problem: content.problem || decoded.problem,
    };
  }
  return content;
}

/** Decodes the whole of `input`, or, when `partial`, as much as a cut-off input has; throws zlib's errors. */
type Decoder = (input: Uint8Array, maxBytes: number, partial: boolean) => Uint8Array;

function decoderOf(coding: string): Decoder | undefined {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return gunzip;
    case 'deflate':
      return inflate;
    case 'br':
      return unbrotli;
    case 'zstd':
      return unzstd;
    default:
      return undefined;
  }
}

/** Output is collected in pieces of this size: larger ones than zlib's 16 KiB spare most of the joining. */
const PIECE = 64 * 1024;

const zlibFlush = zlib.constants.Z_SYNC_FLUSH;

function gunzip(input: Uint8Array, maxOutputLength: number, partial: boolean): Uint8Array {
  return zlib.gunzipSync(input, { maxOutputLength, chunkSize: PIECE, finishFlush: partial ? zlibFlush : undefined });
}

/** RFC 9110 8.4.1.2: the zlib format; some servers send raw deflate data under this name, and every browser takes both. */
function inflate(input: Uint8Array, maxOutputLength: number, partial: boolean): Uint8Array {
  const options = { maxOutputLength, chunkSize: PIECE, finishFlush: partial ? zlibFlush : undefined };
  return hasZlibHeader(input) ? zlib.inflateSync(input, options) : zlib.inflateRawSync(input, options);
}

/** RFC 1950 2.2: method 8, and the first two bytes as one number are a multiple of 31. */
function hasZlibHeader(input: Uint8Array): boolean {
  const first = input[0] ?? 0;
  return (first & 0x0f) === 8 && (input.length < 2 || ((first << 8) | (input[1] as number)) % 31 === 0);
}

function unbrotli(input: Uint8Array, maxOutputLength: number, partial: boolean): Uint8Array {
  const finishFlush = partial ? zlib.constants.BROTLI_OPERATION_FLUSH : undefined;
  return zlib.brotliDecompressSync(input, { maxOutputLength, chunkSize: PIECE, finishFlush });
}

/** RFC 8878 3: frames may follow one another, of which one call decodes one. */
function unzstd(input: Uint8Array, maxBytes: number, partial: boolean): Uint8Array {
  const frames: Uint8Array[] = [];
  let produced = 0;
  for (let at = 0; at < input.length; ) {
    // `info` also tells how much of the input was read; the published types do not know that it changes the result.
    const { buffer, engine } = zlib.zstdDecompressSync(input.subarray(at), {
      maxOutputLength: Math.max(1, maxBytes - produced),
      chunkSize: PIECE,
      finishFlush: partial ? zlib.constants.ZSTD_e_flush : undefined,
      info: true,
    }) as unknown as { buffer: Uint8Array; engine: { bytesWritten: number } };
    if (engine.bytesWritten === 0) break;
    frames.push(buffer);
    produced += buffer.length;
    at += engine.bytesWritten;
  }
  return frames.length === 1 ? (frames[0] as Uint8Array) : Buffer.concat(frames);
}

function decodeBounded(input: Uint8Array, coding: string, decoder: Decoder, maxBytes: number): DecodedContent {
  try {
    return { bytes: decoder(input, maxBytes, false), complete: true, problem: '' };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const tooLarge = code === 'ERR_BUFFER_TOO_LARGE';
    const { bytes, sound } = decodePrefix(input, decoder, maxBytes, tooLarge);
    if (tooLarge)
      return { bytes, complete: false, problem: `The decoded body is larger than ${maxBytes} bytes; the rest of it is left out.` };
    // Raw deflate data has no header, so that the first bytes of anything else may pass for it.
    const proven = sound >= SOUND_BYTES || (code === 'Z_BUF_ERROR' && !(coding === 'deflate' && !hasZlibHeader(input)));
    if (proven) {
      // Brotli tells damage that leaves it waiting for more in the same way as an early end.
      const what = code === 'Z_BUF_ERROR' ? 'ends early' : 'is damaged; what comes after the damage is left out';
      return { bytes, complete: false, problem: `The ${coding} data ${what}.` };
    }
    return { bytes: input, complete: false, problem: `The body is not valid ${coding} data; it is shown as sent.` };
  }
}

/**
 * zlib's synchronous calls give all or nothing, so the longest beginning of the input that decodes is searched for: what decodes
 * also does when it is cut shorter. Most often the first try is it, because the input was merely cut off.
 */
function decodePrefix(input: Uint8Array, decoder: Decoder, maxBytes: number, tooLarge: boolean): Prefix {
  let best: Uint8Array = new Uint8Array(0);
  let good = 0;
  let bad = input.length + 1;
  let next = tooLarge ? Math.min(input.length, Math.ceil(maxBytes / DEFLATE_RATIO)) : input.length;
  for (let tries = 0; tries < PREFIX_TRIES && bad - good > 1; tries++) {
    try {
      best = decoder(input.subarray(0, next), maxBytes, true);
      good = next;
    } catch {
      // That beginning holds the damage, or too much: a shorter one is tried.
      bad = next;
    }
    next = (good + bad) >> 1;
    if (tooLarge && good > 0) {
      if (best.length >= maxBytes * ENOUGH) break;
      const guess = Math.floor((good * maxBytes) / Math.max(1, best.length));
      if (guess > good && guess < bad) next = guess;
    }
  }
  return { bytes: best, sound: good };
}

interface Prefix {
  bytes: Uint8Array;
  /** Bytes of the input that they came of. */
  sound: number;
}

/** A beginning shorter than this proves nothing. */
const SOUND_BYTES = 32;
/** Deflate makes at most 1,032 bytes of one, so a bomb's first `maxBytes` take at least this part of it. */
const DEFLATE_RATIO = 1032;
/** Enough to find the very byte in 16 MiB. */
const PREFIX_TRIES = 24;
/** The part of `maxBytes` that will do for a bomb. */
const ENOUGH = 0.9;
