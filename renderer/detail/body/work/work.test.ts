import { describe, expect, it } from 'vitest';
import { charsetOf, decode } from './charset.ts';
import { cellText, delimiterOf, tableCells } from './csv.ts';
import type { BodyFacts } from './facts.ts';
import { parameter } from './facts.ts';
import { findIn, placesOf } from './find.ts';
import { mediaFacts } from './mediaFacts.ts';
import { msgpackTree } from './msgpack.ts';
import { partsOf } from './multipart.ts';
import { protobufTree } from './protobuf.ts';
import { noteAt } from './treeText.ts';
import { BodyWork } from './work.ts';

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);
const ascii = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
const facts = (mediaType: string, contentType = mediaType, charset = ''): BodyFacts => ({
  mediaType,
  contentType,
  charset,
});

describe('msgpack', () => {
  it('reads every kind of value', () => {
    const packed = ascii(
      '\u0086\u00a1a\u0001\u00a1b\u00ff\u00a1c\u00c0\u00a1d\u0092\u00c3\u00cd\u0001\u0000\u00a1e\u00c4\u0002\u00de\u00ad\u00a1f\u00cb\u003f\u00f8\0\0\0\0\0\0',
    );
    const tree = msgpackTree(packed);
    expect(JSON.parse(tree.text)).toEqual({ a: 1, b: -1, c: null, d: [true, 256], e: 'dead', f: 1.5 });
    expect(noteAt(tree.notes, tree.text.indexOf('"dead"'))).toBe('binary, 2 bytes, as hex');
  });

  it('keeps whole numbers beyond double precision, and says what floats are none', () => {
    expect(msgpackTree(bytes(0xcf, 255, 255, 255, 255, 255, 255, 255, 255)).text).toBe('18446744073709551615');
    expect(msgpackTree(bytes(0xca, 0x7f, 0xc0, 0, 0)).text).toBe('"NaN"');
  });

  it.each([[[0xdd, 0xff, 0xff, 0xff, 0xff]], [[0xc1]], [[0xa5, 0x61]], [Array.from({ length: 2_000 }, () => 0x91)]])(
    'refuses %j and stays calm',
    (packed) => {
      expect(() => msgpackTree(bytes(...packed))).toThrow(/it |0xc1/);
    },
  );
});

describe('protobuf', () => {
  it('reads fields by number, inner messages and repeated fields', () => {
    const message = bytes(
      0x08,
      0x96,
      1,
      0x12,
      7,
      ...ascii('testing'),
      0x1a,
      3,
      8,
      0x96,
      1,
      0x25,
      0,
      0,
      0x80,
      0x3f,
      0x28,
      1,
      0x28,
      2,
    );
    const tree = protobufTree(message, false);
    expect(JSON.parse(tree.text)).toEqual({ 1: 150, 2: 'testing', 3: { 1: 150 }, 4: 1_065_353_216, 5: [1, 2] });
    expect(noteAt(tree.notes, tree.text.indexOf('1065353216'))).toBe('fixed32, float 1');
  });

  it('reads the messages of gRPC, and trailers', () => {
    const framed = bytes(0, 0, 0, 0, 2, 8, 1, 0, 0, 0, 0, 2, 8, 2, 0x80, 0, 0, 0, 15, ...ascii('grpc-status: 0\n'));
    expect(protobufTree(framed, true).text).toBe('{"1":1}\n{"1":2}\n"grpc-status: 0\\n"');
  });

  it.each([[[0x0b]], [[0x08]], [[0x12, 200, 1]], [[0]]])('refuses %j', (message) => {
    expect(() => protobufTree(bytes(...message), false)).toThrow('fields');
  });
});

describe('tables', () => {
  it('reads quoted cells, delimiters within them, and uneven rows', () => {
    const text = 'a,b\r\n"x, ""y""","line\nbreak"\n1\n';
    const table = tableCells(text, ',');
    const rows = Array.from({ length: table.rowCount }, (_, row) => [0, 1].map((column) => cellText(text, table, row, column)));
    expect(rows).toEqual([
      ['a', 'b'],
      ['x, "y"', 'line\nbreak'],
      ['1', ''],
    ]);
  });

  it('finds the delimiter', () => {
    expect(delimiterOf('a;b;c\n1,5;2;3\n', 'text/csv')).toBe(';');
    expect(delimiterOf('a\tb\n', 'text/tab-separated-values')).toBe('\t');
    expect(delimiterOf('', 'text/csv')).toBe(',');
  });

  it('takes a quote that never closes as it stands', () => {
    const text = 'a,"b\nc';
    expect(cellText(text, tableCells(text, ','), 0, 1)).toBe('b\nc');
  });
});

describe('multipart', () => {
  const body = ascii(
    '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n--xy\r\n--x\r\nContent-Disposition: form-data; name="f"; filename="../../p.json"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n{"a":1}\r\n--x--\r\n',
  );

  it('finds the parts and what they are', () => {
    const parts = partsOf(body, 'multipart/form-data; boundary="x"');
    expect(parts?.map(({ name, fileName, mediaType }) => [name, fileName, mediaType])).toEqual([
      ['a', '', 'text/plain'],
      ['f', '../../p.json', 'application/json'],
    ]);
    const last = parts?.at(-1);
    expect(String.fromCharCode(...body.subarray(last?.from, last?.to))).toBe('{"a":1}');
  });

  it('reads what is cut off, and names what has no boundary', () => {
    expect(partsOf(body.subarray(0, 54), 'multipart/mixed; boundary=x')).toHaveLength(1);
    expect(partsOf(body, 'multipart/mixed')).toBeNull();
    expect(partsOf(body, 'multipart/mixed; boundary=nowhere')).toBeNull();
  });

  it('reads parameters as they are quoted', () => {
    expect(parameter('a/b; x="1;2\\"3"; Y = z', 'x')).toBe('1;2"3');
    expect(parameter('a/b; x="1"; Y=z ', 'y')).toBe('z');
  });
});

describe('charsets', () => {
  it('goes by the mark, the sender, the markup, in this order', () => {
    expect(charsetOf(bytes(0xff, 0xfe, 0x41, 0), 'utf-8', '')).toEqual({ name: 'utf-16le', why: 'byte order mark' });
    expect(charsetOf(ascii('x'), 'ISO-8859-1', '').name).toBe('windows-1252');
    expect(charsetOf(ascii('<meta charset=shift_jis>'), '', 'text/html').name).toBe('shift_jis');
    expect(charsetOf(ascii('x'), 'no-such', '').name).toBe('utf-8');
  });

  it('shows bytes that are none of the charset, and says so', () => {
    expect(decode(bytes(0x61, 0xff), '', '')).toMatchObject({ text: 'a\ufffd', invalid: true });
    expect(decode(bytes(0xef, 0xbf, 0xbd), '', '').invalid).toBe(false);
    expect(decode(bytes(0xe9), 'latin1', '').text).toBe('é');
  });
});

describe('facts', () => {
  it('reads a recording and a document', () => {
    expect(mediaFacts(ascii('%PDF-1.4 1 0 obj<</Type /Pages /Count 3>> /OpenAction 1 0 R'))).toContainEqual(['Pages', '3']);
    expect(mediaFacts(ascii('GIF89a\u0010\u0000\u0008\u0000\u0000\u0000\u0000'))).toContainEqual(['Size', '16 × 8']);
  });

  it.each(['\u0089PNG', '\u00ff\u00d8\u00ff\u00c0', 'fLaC', 'OggS', 'ID3', '\u0000\u0000\u0000\u0001ftyp', 'RIFF....WAVEfmt '])(
    'has nothing to say of %j, and does not stumble',
    (start) => {
      expect(Array.isArray(mediaFacts(ascii(start)))).toBe(true);
    },
  );
});

function plain(text: string): string {
  return text.replace(/\s+/g, '');
}

describe('a body', () => {
  it('answers what is asked of it', async () => {
    const work = new BodyWork(new Blob(['{"a":[1,{"b":null}]}']), facts('application/json'));
    expect(await work.do({ what: 'tree', as: 'json' })).toMatchObject({ count: 8, end: 'whole' });
    expect(await work.do({ what: 'treeText', as: 'json', of: 'path', line: 4 })).toBe('$.a[1].b');
    expect(await work.do({ what: 'treeFind', as: 'json', needle: 'null' })).toEqual({ count: 1, more: false });
    await work.do({ what: 'text', charset: '' });
    expect([...(await work.do({ what: 'find', of: '{"what":"text","charset":""}', needle: 'null' }))]).toEqual([13]);
  });

  it('folds, goes to what is found, and keeps the place of the user', async () => {
    const work = new BodyWork(new Blob(['{"a":[1,{"b":null}],"c":"x"}']), facts('application/json'));
    const as = 'json';
    await work.do({ what: 'tree', as });
    const texts = async (): Promise<string[]> =>
      (await work.do({ what: 'treeRows', as, range: { first: 0, end: 100 } })).rows.map(({ key, value }) => `${key}${value}`);
    expect(await texts()).toEqual(['{', '"a"[', '1', '{', '"b"null', '}', ']', '"c""x"', '}']);
    const folded = await work.do({ what: 'treeAct', as, act: { do: 'fold', line: 1, closed: true }, keep: 7 });
    expect(folded).toMatchObject({ row: 2, state: { version: 2, count: 4 } });
    expect(await texts()).toEqual(['{', '"a"[', '"c""x"', '}']);
    await work.do({ what: 'treeFind', as, needle: 'null' });
    expect(await work.do({ what: 'treeAct', as, act: { do: 'goToFound', place: 0 }, keep: -1 })).toMatchObject({ row: 4 });
    expect(await work.do({ what: 'treeAct', as, act: { do: 'foldAll' }, keep: 4 })).toMatchObject({ row: 1 });
    expect(await work.do({ what: 'treeAct', as, act: { do: 'unfoldAll' }, keep: -1 })).toMatchObject({
      row: -1,
      state: { count: 9 },
    });
  });

  it('puts sources into lines and changes nothing but white space', async () => {
    const sources = [
      ['css', '@media (max-width:6em){.a,.b:hover{color:red;background:url(x;y.png)}}/* c */h1{font:12px/1.5 "a;b"}'],
      ['javascript', 'const c=(x)=>{if(x>1){return`t${x}`}else return/re;{/g};for(let i=0;i<3;i++){f(i)}var o={a:1,b:{c:2}}'],
      ['xml', '<?xml version="1.0"?><a b="1>2"><c>t &lt; u</c><d/><![CDATA[<x>]]></a>'],
      ['html', '<!doctype html><p class=a>Hi <b>you</b><br><script>if(a<b){c()}</script><pre> x\n  y</pre>'],
    ] as const;
    for (const [language, text] of sources) {
      const { text: pretty } = await new BodyWork(new Blob([text]), facts('text/plain')).do({
        what: 'source',
        language,
        pretty: true,
      });
      expect(plain(pretty)).toBe(plain(text));
      expect(pretty.split('\n').length).toBeGreaterThan(3);
    }
  });

  it('takes hostile sources within a moment', async () => {
    const started = performance.now();
    for (const text of ['<'.repeat(100_000), '<a b="'.repeat(20_000), '{'.repeat(50_000), '<a>'.repeat(30_000)]) {
      for (const language of ['html', 'css', 'javascript'] as const) {
        await new BodyWork(new Blob([text]), facts('text/plain')).do({ what: 'source', language, pretty: true });
      }
    }
    expect(performance.now() - started).toBeLessThan(25_000);
  });
});

describe('find', () => {
  it('finds whatever the case, and stays right where lower-casing changes lengths', () => {
    expect([...placesOf('aXbx', 'x')]).toEqual([1, 3]);
    expect([...placesOf('İİx', 'x')]).toEqual([2]);
    expect([...placesOf('abc', '')]).toEqual([]);
  });

  it('finds once what stands where two pieces meet', () => {
    const text = `${'-'.repeat(1_048_573)}aaaaaa${'-'.repeat(10)}aa`;
    expect([...placesOf(text, 'aa')]).toEqual([1_048_573, 1_048_575, 1_048_577, 1_048_589]);
  });

  it('ends when it is not wanted any more', async () => {
    const shares: number[] = [];
    const text = 'x'.repeat(5_000_000);
    const found = await findIn(
      text,
      'y',
      (share) => shares.push(share),
      () => shares.length < 2,
    );
    expect(found).toHaveLength(0);
    expect(shares).toHaveLength(2);
  });
});
