import { expect, test } from 'vitest';
import type { Side } from '../rrpair/pair.ts';
import { PROTOCOL_HEADER } from './amqp/frames.ts';
import { start as amqpStart } from './amqp/testing/frames.ts';
import { question } from './dns/testing/messages.ts';
import { request as kafkaRequest } from './kafka/testing/messages.ts';
import { binaryRequest } from './memcached/testing/packets.ts';
import { compressedMessage, legacyQuery, message } from './mongodb/testing/messages.ts';
import { connect } from './mqtt/testing/packets.ts';
import { greeting, introduction, tls, usual } from './mysql/testing/packets.ts';
import { sslRequest, startup } from './postgresql/testing/messages.ts';
import { Detection, wireProtocols } from './registry.ts';

type Words = readonly (readonly [side: Side, bytes: Buffer | string])[];

const beginnings: readonly (readonly [name: string, ...words: Words])[] = [
  ['postgresql', ['client', startup]],
  ['postgresql', ['client', sslRequest]],
  ['mysql', ['server', greeting()]],
  ['mysql', ['client', introduction(usual | tls, 'x', 2)]],
  ['redis', ['client', '*1\r\n$4\r\nPING\r\n']],
  ['redis', ['client', 'get key\r\n'], ['server', '$-1\r\n']],
  ['memcached', ['client', 'get key\r\n'], ['server', 'END\r\n']],
  ['memcached', ['client', 'set key 0 0 1\r\nx\r\n']],
  ['memcached', ['client', binaryRequest(0x00, { key: 'key' })]],
  ['mqtt', ['client', connect(5)]],
  ['nats', ['server', 'INFO {"server_id":"x"}\r\n']],
  ['nats', ['client', 'CONNECT {"verbose":false}\r\n']],
  ['amqp', ['client', PROTOCOL_HEADER], ['server', amqpStart]],
  ['smtp', ['server', '220 x ESMTP\r\n'], ['client', 'EHLO x\r\n']],
  ['smtp', ['client', 'EHLO x\r\n']],
  ['mongodb', ['client', message(1, 0, { hello: 1, $db: 'admin' })]],
  ['mongodb', ['client', legacyQuery(1, { ismaster: 1 })]],
  ['mongodb', ['client', compressedMessage(1, 0, { ping: 1 })]],
  ['kafka', ['client', kafkaRequest(18, 3, 1, { softwareName: 'librdkafka', softwareVersion: '2.0.2' })]],
  ['kafka', ['client', kafkaRequest(18, 0, 0, {}, null)]],
  ['kafka', ['client', kafkaRequest(3, 1, 0, { topics: null })]],
  ['dns', ['client', question(7, 'shop.test', 1)]],
  ['none', ['server', '220 ProFTPD ready\r\n'], ['client', 'USER ada\r\n']],
  ['none', ['server', 'SSH-2.0-OpenSSH_9.2\r\n']],
  ['none', ['server', '* OK IMAP4rev1\r\n']],
  ['none', ['client', 'HELO\u0000']],
];

/** What passes on connections of which the beginning was not seen: only what is whole by itself is read, by nobody but its own protocol. */
const middles: readonly (readonly [of: string, found: readonly string[], ...words: Words])[] = [
  ['postgresql', ['none'], ['client', 'Q\0\0\0\x0dselect 1\0'], ['server', 'C\0\0\0\x0dSELECT 1\0Z\0\0\0\x05I']],
  ['postgresql', ['none'], ['server', 'C\0\0\0\x0dSELECT 1\0Z\0\0\0\x05I'], ['client', 'Q\0\0\0\x0dselect 1\0']],
  ['mysql', ['none', 'more'], ['client', '\x09\0\0\0\x03select 1'], ['server', '\x01\0\0\x01\x01']],
  ['mysql', ['none'], ['server', '\x07\0\0\x01\0\0\0\x02\0\0\0']],
  ['mqtt', ['none'], ['client', '0\x07\0\x03a/bhi']],
  ['mqtt', ['none', 'more'], ['client', '\xc0\0'], ['server', '\xd0\0']],
  ['amqp', ['none', 'more'], ['client', '\x01\0\x01\0\0\0\x05\0<\0P\0\xce']],
  ['amqp', ['none'], ['server', '\x08\0\0\0\0\0\0\xce']],
  ['smtp', ['none'], ['client', 'MAIL FROM:<a@b.c>\r\n'], ['server', '250 2.1.0 Ok\r\n']],
  ['smtp', ['none'], ['client', 'Subject: x\r\n\r\nhello\r\n.\r\n'], ['server', '250 queued\r\n']],
  ['nats', ['none'], ['client', 'PUB a.b 2\r\nhi\r\n']],
  ['nats', ['none'], ['server', 'MSG a.b 1 2\r\nhi\r\n'], ['client', 'PUB a.b 2\r\nhi\r\n']],
  ['redis', ['redis'], ['client', '*2\r\n$3\r\nGET\r\n$1\r\na\r\n']],
  ['redis', ['none'], ['client', 'a value\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\n'], ['server', '+OK\r\n']],
  ['redis', ['none'], ['server', '*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nhi\r\n']],
  ['memcached', ['none'], ['client', 'a value\r\nget a\r\n'], ['server', 'STORED\r\n']],
  ['memcached', ['none'], ['server', 'VALUE a 0 1\r\nx\r\nEND\r\n'], ['client', 'get a\r\n']],
  ['mongodb', ['mongodb'], ['client', message(9, 0, { find: 'a', $db: 'shop' })]],
  ['mongodb', ['none'], ['server', message(9, 8, { ok: 1 })], ['client', message(10, 0, { find: 'a', $db: 'shop' })]],
  ['kafka', ['kafka'], ['client', kafkaRequest(3, 1, 7, { topics: null })]],
  ['dns', ['dns'], ['client', question(7, 'shop.test', 1)]],
  ['http/2', ['none'], ['client', '\0\0\0\x04\x01\0\0\0\0\0\0\x04\x08\0\0\0\0\0\0\0\x04\0']],
  ['tls', ['none'], ['client', '\x17\x03\x03\0\x10\0\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff']],
  ['websocket', ['none'], ['client', '\x81\x857\xfa!=\x7f\x9fMQX']],
];

test.each(middles.map(([of, found, ...words]) => ({ of, found, words })))(
  'in the middle of $of nobody takes it for something else',
  ({ found, words }) => {
    expect(found).toContain(toldByteByByte(words));
  },
);

function toldByteByByte(words: Words): string {
  const said: Record<Side, Buffer> = { client: Buffer.alloc(0), server: Buffer.alloc(0) };
  const spokeFirst = words[0]?.[0] ?? 'client';
  const detection = new Detection(0);
  let found = 'more';
  for (const [side, text] of words) {
    for (const byte of Buffer.from(text as string, 'latin1')) {
      if (found !== 'more') break;
      said[side] = Buffer.concat([said[side], Buffer.of(byte)]);
      const verdict = detection.ask({ ...said, spokeFirst });
      found = typeof verdict === 'string' ? verdict : verdict.name;
    }
  }
  return found;
}

test.each(beginnings.map(([name, ...words]) => ({ name, words })))(
  '$name is told byte by byte, and is nobody else’s',
  ({ name, words }) => {
    const spokeFirst = words[0]?.[0] ?? 'client';
    expect(toldByteByByte(words)).toBe(name);
    const all = Object.fromEntries(
      (['client', 'server'] as const).map((side) => [
        side,
        Buffer.concat(words.filter(([who]) => who === side).map(([, text]) => Buffer.from(text as string, 'latin1'))),
      ]),
    ) as Record<Side, Buffer>;
    const sure = wireProtocols
      .filter((protocol) => protocol.detect({ ...all, spokeFirst }) === 'yes')
      .map((protocol) => protocol.name);
    expect(sure).toEqual(name === 'none' ? [] : [name]);
  },
);
