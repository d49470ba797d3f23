import { describe } from 'vitest';
import { client, dialogue, type Expected, ends, head, server } from './testing/dialogue.ts';

const get = head('GET / HTTP/1.1');
const post = (...fields: string[]) => client(head('POST / HTTP/1.1', ...fields), 'body and whatever follows');
const answer = (...fields: string[]) => [
  client(get, get),
  server(head('HTTP/1.1 200 OK', ...fields), 'body'),
  server('more'),
  ends('server'),
];

const chunkedPost = (body: string) => [client(head('POST / HTTP/1.1', 'Transfer-Encoding: chunked'), body)];

/** The request was read to the end of its head, and no further. */
function refused(end: Expected['end'], detail: string): Expected[] {
  return [{ request: 'POST / HTTP/1.1', requestEnded: false, end, detail }];
}

/** The same of a response; what else was asked on the connection is given up with it. */
function refusedAnswer(end: Expected['end'], detail: string): Expected[] {
  const behind = 'Nothing after an earlier response on this connection could be decoded.';
  return [
    { request: 'GET / HTTP/1.1', response: 'HTTP/1.1 200 OK', end, detail },
    { request: 'GET / HTTP/1.1', end: 'not-decoded', detail: behind },
  ];
}

describe('lengths that two readers could take differently', () => {
  const cases: [string, string[], string][] = [
    [
      'two lengths',
      ['Content-Length: 4', 'Content-Length: 5'],
      'The Content-Length is given more than once, with different values.',
    ],
    ['a list of two lengths', ['Content-Length: 4, 5'], 'The Content-Length is given more than once, with different values.'],
    ['a negative length', ['Content-Length: -4'], 'The Content-Length is not a number.'],
    ['a length with a sign', ['Content-Length: +4'], 'The Content-Length is not a number.'],
    ['a hexadecimal length', ['Content-Length: 0x4'], 'The Content-Length is not a number.'],
    ['a length with a space in it', ['Content-Length: 4 2'], 'The Content-Length is not a number.'],
    ['an empty length', ['Content-Length:'], 'The Content-Length is not a number.'],
    ['a list with an empty length', ['Content-Length: 4,'], 'The Content-Length is not a number.'],
    ['a length beyond counting', ['Content-Length: 9007199254740993'], 'The Content-Length is too large to be true.'],
    ['chunked twice', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], 'The body is chunked twice over.'],
    ['an empty coding', ['Transfer-Encoding: ,'], 'The Transfer-Encoding is empty.'],
  ];
  for (const [name, fields, detail] of cases) {
    dialogue(`${name} in a request`, [post(...fields)], refused('ambiguous-framing', detail), true);
    dialogue(`${name} in a response`, answer(...fields), refusedAnswer('ambiguous-framing', detail), true);
  }

  dialogue(
    'a length and a coding in a request',
    [post('Transfer-Encoding: chunked', 'Content-Length: 4')],
    refused('ambiguous-framing', 'The request has both a Content-Length and a Transfer-Encoding.'),
    true,
  );
  dialogue(
    'a length and a coding in a response',
    answer('Content-Length: 4', 'Transfer-Encoding: chunked'),
    refusedAnswer('ambiguous-framing', 'The response has both a Content-Length and a Transfer-Encoding.'),
    true,
  );
  for (const coding of ['identity', 'gzip', 'chunked, gzip', 'xchunked', 'chunked;q=1', '"chunked"', '\x0bchunked']) {
    dialogue(
      `a request with the coding ${JSON.stringify(coding)}`,
      [post(`Transfer-Encoding: ${coding}`)],
      refused('ambiguous-framing', 'The last Transfer-Encoding of a request is not chunked.'),
      true,
    );
  }
  dialogue(
    'a response whose coding is almost chunked',
    answer('Transfer-Encoding: chunked;q=1'),
    refusedAnswer('ambiguous-framing', 'The last Transfer-Encoding is almost, but not quite, chunked.'),
    true,
  );
  dialogue(
    'a coding in HTTP/1.0',
    [client(head('POST / HTTP/1.0', 'Transfer-Encoding: chunked'), '0\r\n\r\n')],
    [
      {
        request: 'POST / HTTP/1.0',
        requestEnded: false,
        end: 'ambiguous-framing',
        detail: 'An HTTP/1.0 message has a Transfer-Encoding.',
      },
    ],
    true,
  );
  dialogue(
    'a length folded over two lines',
    [post('Content-Length:', ' 4')],
    refused('ambiguous-framing', 'The Content-Length is not a number.'),
    true,
  );
  dialogue(
    'a length that a folded line makes longer',
    answer('Content-Length: 4', '\t2'),
    refusedAnswer('ambiguous-framing', 'The length of the response is folded over two lines.'),
    true,
  );
});

describe('chunks that two readers could take differently', () => {
  const cases: [string, string, number, string, string][] = [
    ['5\r\nhello\r\n', 'zz\r\n', 5, 'ambiguous-framing', 'A chunk does not begin with its size.'],
    ['', '\r\n', 0, 'ambiguous-framing', 'A chunk does not begin with its size.'],
    ['', '-1\r\n', 0, 'ambiguous-framing', 'A chunk does not begin with its size.'],
    ['', ' 1\r\n', 0, 'ambiguous-framing', 'A chunk does not begin with its size.'],
    ['0', 'x5\r\n', 0, 'ambiguous-framing', 'A chunk size is not a hexadecimal number.'],
    ['5 ', '5\r\n', 0, 'ambiguous-framing', 'A chunk size is not a hexadecimal number.'],
    ['5', '\nhello\r\n', 0, 'ambiguous-framing', 'A chunk size is not a hexadecimal number.'],
    ['5;a', '\nhello\r\n', 0, 'ambiguous-framing', 'A control character stands in a chunk extension.'],
    ['5\r', 'hello\r\n', 0, 'ambiguous-framing', 'A CR without LF ends a chunk size.'],
    ['ffffffffffff', 'f\r\n', 0, 'ambiguous-framing', 'A chunk size is too large to be true.'],
    ['2\r\nhe', 'llo\r\n', 2, 'ambiguous-framing', 'A chunk is longer than its size says.'],
    ['2\r\nhe\r', 'x', 2, 'ambiguous-framing', 'A chunk is longer than its size says.'],
    ['0\r\n', ' x: y\r\n\r\n', 0, 'malformed-message', 'A line of the trailer section does not begin with a field name.'],
    ['0\r\nGET', ' / HTTP/1.1\r\n\r\n', 0, 'malformed-message', 'A line of the trailer section is not a field.'],
    ['0\r\nA: b', '\n\n', 0, 'malformed-message', 'A line of the trailer section does not end with CRLF.'],
    ['0\r\nA: b\r', 'c\r\n', 0, 'malformed-message', 'A CR without LF stands in the trailer section.'],
    ['0\r\n\r', 'GET', 0, 'malformed-message', 'A CR without LF stands in the trailer section.'],
  ];
  for (const [read, unread, requestPayload, end, detail] of cases) {
    dialogue(
      JSON.stringify(read + unread),
      chunkedPost(read + unread),
      [
        {
          request: 'POST / HTTP/1.1',
          requestBody: read,
          requestPayload,
          requestEnded: false,
          end: end as Expected['end'],
          detail,
        },
      ],
      true,
    );
  }
});

describe('heads that break the grammar', () => {
  const inField: [string, string, string][] = [
    ['white space before a colon', 'Content-Length : 4', 'White space stands before the colon of a header field of the request.'],
    ['a line without a colon', 'nonsense', 'A line that is no header field stands in the head of the request.'],
    ['a field without a name', ': x', 'A line that is no header field stands in the head of the request.'],
    ['a name with a forbidden character', 'a{b: x', 'A line that is no header field stands in the head of the request.'],
    ['a lone CR in a value', 'A: b\rContent-Length: 4', 'A CR without LF stands in a header field of the request.'],
    ['two CRs at the end of a line', 'A: b\r', 'A CR without LF stands in a header field of the request.'],
    ['a fold before the first field', ' A: b', 'White space stands before the first header field of the request.'],
  ];
  for (const [name, line, detail] of inField) dialogue(name, [post(line)], refused('malformed-message', detail), true);

  dialogue(
    'a response with white space before a colon',
    answer('A : b'),
    refusedAnswer('malformed-message', 'White space stands before the colon of a header field of the response.'),
    true,
  );

  dialogue(
    'a lone CR in the request line',
    [client('GET /\rx HTTP/1.1\r\n\r\n')],
    [
      {
        request: 'GET /',
        requestEnded: false,
        end: 'malformed-message',
        detail: 'A CR without LF stands in the first line of the request.',
      },
    ],
    true,
  );
  dialogue(
    'a lone CR before a request',
    [client('\rGET / HTTP/1.1\r\n\r\n')],
    [{ requestEnded: false, end: 'malformed-message', detail: 'A CR without LF stands before the request.' }],
    true,
  );
  dialogue(
    'a lone CR before a response',
    [client(get), server('\rHTTP/1.1 200 OK\r\n\r\n')],
    [{ request: 'GET / HTTP/1.1', end: 'malformed-message', detail: 'A CR without LF stands before the response.' }],
    true,
  );

  const notRequests = [
    'GET /\r\n',
    'GET  HTTP/1.1\r\n',
    'GET / HTTP/2.0\r\n',
    'GET / http/1.1\r\n',
    'GET / HTTP/1.x\r\n',
    'G(T / HTTP/1.1\r\n',
  ];
  for (const line of [
    ...notRequests,
    ' GET / HTTP/1.1\r\n',
    '*1\r\n$4\r\nPING\r\n',
    '\x16\x03\x01\x02\x00\x01'.repeat(20),
    'M'.repeat(70),
  ]) {
    dialogue(
      `no request line: ${JSON.stringify(line.slice(0, 20))}`,
      [client(line), client('\r\n'), ends('client')],
      [{ requestEnded: false, end: 'malformed-message', detail: 'The first line of the request is not HTTP/1.' }],
      true,
    );
  }
  for (const line of [
    'ICY 200 OK\r\n',
    'HTTP/1.1 20 OK\r\n',
    'HTTP/1.1 2000\r\n',
    'HTTP/1.1 099 x\r\n',
    'HTTP/2 200 OK\r\n',
    'HTTP/1.1\t200\r\n',
    'x'.repeat(70),
  ]) {
    dialogue(
      `no status line: ${JSON.stringify(line.slice(0, 20))}`,
      [client(get), server(line, 'more'), ends('server')],
      [{ request: 'GET / HTTP/1.1', end: 'malformed-message', detail: 'The first line of the response is not HTTP/1.' }],
      true,
    );
  }

  dialogue(
    'what was asked before a request that cannot be read is still answered',
    [
      client(get, head('POST / HTTP/1.1', 'Content-Length: x')),
      server(head('HTTP/1.1 200 OK', 'Content-Length: 2'), 'hi', head('HTTP/1.1 400 Bad Request'), 'why'),
      ends('server'),
    ],
    [
      { request: 'GET / HTTP/1.1', response: 'HTTP/1.1 200 OK', responseBody: 'hi' },
      {
        request: 'POST / HTTP/1.1',
        requestEnded: false,
        end: 'ambiguous-framing',
        detail: 'The Content-Length is not a number.',
      },
    ],
    true,
  );
  dialogue(
    'a request that turns out bad while it is being answered',
    [
      client(head('POST / HTTP/1.1', 'Transfer-Encoding: chunked'), '1\r\na\r\n'),
      server(head('HTTP/1.1 200 OK'), 'so far'),
      client('zz'),
      server('and on'),
      ends('server'),
    ],
    [
      {
        request: 'POST / HTTP/1.1',
        requestBody: '1\r\na\r\n',
        requestPayload: 1,
        requestEnded: false,
        response: 'HTTP/1.1 200 OK',
        responseBody: 'so far',
        end: 'ambiguous-framing',
        detail: 'A chunk does not begin with its size.',
      },
    ],
    true,
  );
});
