import { lengthField } from '../scan.ts';

/** A google.rpc.Status as it is sent, for tests: its details are types of google.rpc with their bytes. */
export function statusBytes(code: number, message: string, details: readonly (readonly [type: string, value: Buffer])[]): Buffer {
  const anys = details.map(([type, value]) =>
    lengthField(3, Buffer.concat([text(1, `type.googleapis.com/${type}`), lengthField(2, value)])),
  );
  return Buffer.concat([Buffer.of(8, code), text(2, message), ...anys]);
}

export function text(number: number, value: string): Buffer {
  return lengthField(number, Buffer.from(value));
}

/** An entry of a map of texts. */
export function entry(number: number, key: string, value: string): Buffer {
  return lengthField(number, Buffer.concat([text(1, key), text(2, value)]));
}
