import type { BodyForm, MessageSide } from '../../../proxy-core/rrpair/shapes.ts';
import { engine } from '../../api/engine.ts';

declare global {
  interface Uint8ArrayConstructor {
    fromBase64?: (text: string) => Uint8Array<ArrayBuffer>;
  }
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  if (Uint8Array.fromBase64 !== undefined) return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

/** Bytes that are read in parts, where they are looked at. */
export interface ByteSource {
  readonly size: number;
  read: (offset: number, length: number, signal?: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>;
}

export function memorySource(bytes: Uint8Array<ArrayBuffer>): ByteSource {
  return { size: bytes.length, read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)) };
}

export function blobSource(blob: Blob): ByteSource {
  return {
    size: blob.size,
    read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}

/** Where a body stands. */
export interface BodyPlace {
  id: number;
  side: MessageSide;
  /** Id or name of a snapshot; the store where there is none. */
  snapshot?: string | undefined;
}

export function bodySource({ id, side, snapshot }: BodyPlace, form: BodyForm, size: number): ByteSource {
  const place = { id, side, form, ...(snapshot === undefined ? {} : { snapshot }) };
  return {
    size,
    async read(offset, length, signal) {
      const slice = await engine().pairs.body({ ...place, offset, length }, signal === undefined ? {} : { signal });
      return fromBase64(slice.base64);
    },
  };
}

/** One source after the other. */
export function joined(first: Uint8Array<ArrayBuffer>, second: ByteSource): ByteSource {
  return {
    size: first.length + second.size,
    async read(offset, length, signal) {
      const head = first.subarray(Math.min(offset, first.length), Math.min(offset + length, first.length));
      const rest = length - head.length;
      if (rest <= 0 || second.size === 0) return head;
      const tail = await second.read(Math.max(0, offset - first.length), rest, signal);
      const bytes = new Uint8Array(head.length + tail.length);
      bytes.set(head);
      bytes.set(tail, head.length);
      return bytes;
    },
  };
}

/** Bytes one to one as characters: for looking at what was sent, not at what it means. */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return text;
}
