/** Messages as the two sides send them, for tests. */

function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}

/** With its length in front. */
export function framed(message: Buffer): Buffer {
  return Buffer.concat([uint16(message.length), message]);
}

export function data(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts);
}

export function name(text: string): Buffer {
  const labels = text.split('.').filter((label) => label !== '');
  return Buffer.concat([...labels.map((label) => Buffer.from(String.fromCharCode(label.length) + label, 'latin1')), Buffer.of(0)]);
}

function head(id: number, flags: number, answers: number): Buffer {
  return Buffer.concat([id, flags, 1, answers, 0, 0].map(uint16));
}

export function question(id: number, asked: string, type: number): Buffer {
  return framed(Buffer.concat([head(id, 0x01_00, 0), name(asked), uint16(type), uint16(1)]));
}

export function answer(id: number, asked: string, type: number, code: number, ...records: readonly Buffer[]): Buffer {
  return framed(Buffer.concat([head(id, 0x81_80 | code, records.length), name(asked), uint16(type), uint16(1), ...records]));
}

export function record(owner: string, type: number, content: Buffer): Buffer {
  return Buffer.concat([name(owner), uint16(type), uint16(1), uint16(0), uint16(60), uint16(content.length), content]);
}
