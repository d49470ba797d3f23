import { describe, expect, test } from 'vitest';
import { JsonElements } from './json-elements.ts';

interface Found {
  elements: (string | null)[];
  found: boolean;
  whole: boolean;
}

function read(text: string, path: readonly string[], cut: number, most?: number): Found {
  const elements: (string | null)[] = [];
  const scanner = new JsonElements(path, (bytes) => elements.push(bytes === null ? null : bytes.toString()), most);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += cut) {
    // Its memory is used again for the next.
    const chunk = Buffer.from(bytes.subarray(at, at + cut));
    scanner.push(chunk);
    chunk.fill(0);
  }
  return { elements, found: scanner.found, whole: scanner.whole };
}

const har = `{"x":{"log":{"entries":[{"no":1}]}},"log":{"version":"1.2","pages":[{"entries":[{"no":2}]}],
 "entries" : [ {"a":"]}\\"\\\\"}, {"b":[{"entries":[3]}]} ,{}],"after":[{"no":4}]},"tail":[{"no":5}]}`;

describe('the items of a list', () => {
  test('are found wherever the text is cut', () => {
    for (let cut = 1; cut <= har.length; cut += 1) {
      expect(read(har, ['log', 'entries'], cut)).toEqual({
        elements: ['{"a":"]}\\"\\\\"}', '{"b":[{"entries":[3]}]}', '{}'],
        found: true,
        whole: true,
      });
    }
  });

  test('of a document that is the list', () => {
    for (const cut of [1, 2, 7, 100]) {
      expect(read(' [ {"a":1} , [2], 3, {"b":{}} ] ', [], cut)).toEqual({
        elements: ['{"a":1}', '[2]', '{"b":{}}'],
        found: true,
        whole: true,
      });
    }
  });

  test('that are too large are passed over', () => {
    for (const cut of [1, 5, 200]) {
      const { elements, whole } = read(`[{"a":"${'x'.repeat(50)}"},{"b":1}]`, [], cut, 30);
      expect({ elements, whole }).toEqual({ elements: [null, '{"b":1}'], whole: true });
    }
  });

  test('of a text that ends in the middle are those before', () => {
    expect(read('{"log":{"entries":[{"a":1},{"b":', ['log', 'entries'], 3)).toEqual({
      elements: ['{"a":1}'],
      found: true,
      whole: false,
    });
    expect(read('{"log":{"entries":{"a":1}}}', ['log', 'entries'], 3)).toEqual({ elements: [], found: false, whole: false });
    expect(read(']}]}[[[{', ['log', 'entries'], 1).found).toBe(false);
  });
});

test('a hundred megabytes take seconds', () => {
  const scanner = new JsonElements([], () => undefined);
  const chunk = Buffer.from('{"k":"vvvvvvvvvvvvvvvv","n":[1,2,3]},'.repeat(1_000));
  const started = performance.now();
  scanner.push(Buffer.from('['));
  for (let bytes = 0; bytes < 100_000_000; bytes += chunk.length) scanner.push(chunk);
  expect(performance.now() - started).toBeLessThan(20_000);
});
