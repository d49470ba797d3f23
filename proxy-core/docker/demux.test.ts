import { expect, test } from 'vitest';
import { AttachedDemux } from './demux.ts';

function piece(kind: number, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = kind;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

test('tells the two streams apart, however the bytes are cut', () => {
  const bytes = Buffer.concat([piece(1, 'one'), piece(2, 'oops'), piece(1, ''), piece(1, 'two')]);
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    for (let second = cut; second <= bytes.length; second += 1) {
      let out = '';
      let err = '';
      const demux = new AttachedDemux({
        stdout: (part) => {
          out += part.toString();
        },
        stderr: (part) => {
          err += part.toString();
        },
      });
      for (const part of [bytes.subarray(0, cut), bytes.subarray(cut, second), bytes.subarray(second)]) demux.push(part);
      expect([out, err]).toEqual(['onetwo', 'oops']);
    }
  }
});
