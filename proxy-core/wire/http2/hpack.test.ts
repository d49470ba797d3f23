import { describe, expect, test } from 'vitest';
import { limits } from '../../limits.ts';
import { HpackDecoder } from './hpack.ts';
import { decodeHuffman } from './huffman.ts';

function decoded(hpack: HpackDecoder, hex: string): string[] | string {
  const list: string[] = [];
  return hpack.decode(Buffer.from(hex.replaceAll(' ', ''), 'hex'), ({ name, value }) => list.push(`${name}: ${value}`)) ?? list;
}

const requests = [
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'],
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com', 'cache-control: no-cache'],
  [':method: GET', ':scheme: https', ':path: /index.html', ':authority: www.example.com', 'custom-key: custom-value'],
];

describe('the examples of RFC 7541, Appendix C', () => {
  test.each([
    [
      'C.3, without Huffman',
      [
        '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
        '8286 84be 5808 6e6f 2d63 6163 6865',
        '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
      ],
    ],
    [
      'C.4, with Huffman',
      [
        '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
        '8286 84be 5886 a8eb 1064 9cbf',
        '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
      ],
    ],
  ])('%s', (_name, blocks) => {
    const hpack = new HpackDecoder();
    expect(blocks.map((block) => decoded(hpack, block))).toEqual(requests);
  });

  test('C.6, with eviction from a table of 256 bytes', () => {
    const hpack = new HpackDecoder();
    expect(decoded(hpack, '3fe101')).toEqual([]);
    const date = 'date: Mon, 21 Oct 2013 20:13:21 GMT';
    const first =
      '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3';
    const location = 'location: https://www.example.com';
    expect(decoded(hpack, first)).toEqual([':status: 302', 'cache-control: private', date, location]);
    // The new status evicts the old one.
    expect(decoded(hpack, '4883 640e ffc1 c0bf')).toEqual([':status: 307', 'cache-control: private', date, location]);
    const third =
      '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07';
    expect(decoded(hpack, third)).toEqual([
      ':status: 200',
      'cache-control: private',
      'date: Mon, 21 Oct 2013 20:13:22 GMT',
      location,
      'content-encoding: gzip',
      'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
    ]);
  });
});

test.each([
  ['a-bin', '\0\r\n\xff\0', 'a-bin: DQr/AA', true],
  ['a-bin', 'AA', 'a-bin: AA', true],
  ['a-bin', '\0', 'a-bin: ', true],
  ['a-bi', '\0\r\n', 'a-bi:    ', false],
  ['a: x\r\nb-bin', '\0\r\n', 'a_ x__b-bin:    ', false],
])('metadata that is sent as bytes is kept in base64: %j %j', (name, value, line, sound) => {
  const seen: unknown[] = [];
  const bytes = [Buffer.of(0, name.length), Buffer.from(name), Buffer.of(value.length), Buffer.from(value, 'latin1')];
  new HpackDecoder().decode(Buffer.concat(bytes), (field) => seen.push([field.line, field.sound]));
  expect(seen).toEqual([[`${line}\r\n`, sound]]);
});

describe('what is not valid', () => {
  test.each([
    ['an index of 0', '80'],
    ['an entry that is not there', 'be'],
    ['a number without an end', 'ff808080808080'],
    ['a block that ends in a name', '4005 61'],
    ['a block that ends before a value', '4001 61'],
    ['Huffman code with EOS in it', '4001 6184 ffffffff'],
    ['Huffman code with eight bits of padding', '4001 6182 1fff'],
    ['Huffman code padded with zeros', '4001 6181 18'],
    ['a table that is larger than what is kept', '3fe1ffff7f'],
  ])('%s', (_name, block) => {
    expect(decoded(new HpackDecoder(), block)).toMatch(/\.$/);
  });

  test('what could break the line of a head is marked, and does not', () => {
    const lines: string[] = [];
    const soundness: boolean[] = [];
    const block = Buffer.concat([
      Buffer.from('0001610cc3a5200d0a783a20790d0a00'.slice(0, 6), 'hex'),
      Buffer.of(7),
      Buffer.from('x\r\ny: z'),
    ]);
    expect(
      new HpackDecoder().decode(block, (field) => {
        lines.push(field.line);
        soundness.push(field.sound);
      }),
    ).toBeNull();
    expect(lines).toEqual(['a: x  y: z\r\n']);
    expect(soundness).toEqual([false]);
  });
});

test('an entry larger than the table empties it, and the table never holds more than it may', () => {
  const hpack = new HpackDecoder();
  expect(decoded(hpack, '4001 6101 62')).toEqual(['a: b']);
  expect(decoded(hpack, 'be')).toEqual(['a: b']);
  const large = Buffer.concat([Buffer.of(0x40, 1, 0x61, 0x7f, 0x81, 0x1f), Buffer.alloc(4_096, 0x78)]);
  expect(hpack.decode(large, () => {})).toBeNull();
  expect(decoded(hpack, 'be')).toContain('62');
  for (let i = 0; i < 1_000; i++)
    expect(hpack.decode(Buffer.from(`\x40\x01a\x04${String(i).padStart(4, '0')}`, 'latin1'), () => {})).toBeNull();
  // 37 bytes each: 110 of them fit.
  expect(decoded(hpack, `ff${(61 + 110 - 127).toString(16).padStart(2, '0')}`)).toEqual(['a: 0890']);
  expect(decoded(hpack, `ff${(62 + 110 - 127).toString(16).padStart(2, '0')}`)).toContain('not there');
  expect(limits.hpackTableBytes).toBeGreaterThan(65_536);
});

test('every byte has a Huffman code, and it is the one of the appendix', () => {
  // Some from each length (Appendix B), alone and padded with ones.
  for (const [hex, text] of [
    ['07', '0'],
    ['1f', 'a'],
    ['53', ' '],
    ['f8', '&'],
    ['fe3f', '!'],
    ['ffc7', '\0'],
    ['fffe1f', '\\'],
    ['fffffff3', '\n'],
  ] as const)
    expect([text, decodeHuffman(Buffer.from(hex, 'hex'), 0, hex.length / 2)]).toEqual([text, text]);
});
