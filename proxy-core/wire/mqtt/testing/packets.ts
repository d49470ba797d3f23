/** Packets as the two sides send them, for tests. */

export function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}

export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint16(bytes.length), bytes]);
}

type Part = Buffer | string | number;

function joined(parts: readonly Part[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part as string))));
}

export function packet(first: number, ...parts: readonly Part[]): Buffer {
  const content = joined(parts);
  const length = content.length < 128 ? Buffer.of(content.length) : Buffer.of((content.length & 0x7f) | 0x80, content.length >> 7);
  return Buffer.concat([Buffer.of(first), length, content]);
}

/** A list of properties of version 5. */
export function properties(...parts: readonly Part[]): Buffer {
  const content = joined(parts);
  return Buffer.concat([Buffer.of(content.length), content]);
}

/** With a user and a password. */
export function connect(version: 4 | 5 = 4, password = 'hunter2', more: Buffer = properties()): Buffer {
  return packet(
    0x10,
    text('MQTT'),
    version,
    0xc2,
    uint16(60),
    version === 5 ? more : '',
    text('sensor'),
    text('ada'),
    text(password),
  );
}

export const accepted = packet(0x20, 0, 0);
export const accepted5 = packet(0x20, 0, 0, properties(0x21, uint16(20)));

export function publish(qos: 0 | 1 | 2, id: number, topic: string, payload: string, more: Buffer | '' = ''): Buffer {
  return packet(0x30 | (qos << 1), text(topic), qos === 0 ? '' : uint16(id), more, payload);
}
