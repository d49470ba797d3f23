import { constants, deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { message, record } from '../../test/export/records.ts';
import { readArrivals, writeArrival } from '../rrpair/arrivals.ts';
import type { PairRecord } from '../rrpair/pair.ts';
import { parseHeads } from '../wire/http1/head.ts';
import { conversationPage } from '../wire/streams.ts';
import { opcode } from '../wire/websocket/frames.ts';
import { WebSocketReader } from '../wire/websocket/reader.ts';
import { closing, frame } from '../wire/websocket/testing/frames.ts';
import { builtInMasker } from './mask.ts';
import { maskRecord } from './record.ts';

const upgraded = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n';

function pairOf(client: Buffer, server: Buffer): PairRecord {
  const base = record(80, 'GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n');
  const arrivals = new Uint8Array(64);
  const end = writeArrival(arrivals, writeArrival(arrivals, 0, false, client.length, 1_000), true, server.length, 2_000);
  return {
    ...base,
    request: { ...message(Buffer.from(base.request.head), client) },
    response: message(Buffer.from(upgraded), server),
    arrivals: arrivals.slice(0, end),
  };
}

function said({ request, response, arrivals }: PairRecord): string[] {
  const head = parseHeads(response.head).final;
  if (head === null) throw new Error('there is no response');
  const reader = new WebSocketReader(head);
  const stream = {
    request: Buffer.from(request.body),
    requestCut: false,
    response: Buffer.from(response.body),
    responseCut: false,
    arrivals: readArrivals(arrivals ?? new Uint8Array(0)),
    arrivalsFull: false,
    open: false,
    failure: null,
  };
  reader.readOn(stream);
  const page = conversationPage(reader, stream, { offset: 0, limit: 100, text: '', from: 'both' });
  return page.messages.map(({ from, kind, label, atMs, preview, problem }) =>
    [from, kind, label, String(atMs), preview, problem].join('|'),
  );
}

function deflated(text: string): Buffer {
  const payload = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
  return frame({ payload, reserved: 4 });
}

test('without a secret a conversation stays byte for byte', () => {
  const pair = pairOf(frame({ payload: '{"a":1}', masked: true }), deflated('{"b":2}'));
  const { record: out, findings } = maskRecord(pair, builtInMasker);
  expect(Buffer.from(out.request.body).equals(pair.request.body)).toBe(true);
  expect(Buffer.from(out.response.body).equals(pair.response.body)).toBe(true);
  expect(out.arrivals).toEqual(pair.arrivals);
  expect(findings).toEqual([]);
});

test('secrets are masked in what is scrambled and in what is compressed, and the rest is said as it was', () => {
  const client = Buffer.concat([
    frame({ payload: '{"type":"login","pass', fin: false, masked: true }),
    frame({ op: opcode.continuation, payload: 'word":"hunter22-secret"}', masked: true }),
    frame({ op: opcode.close, payload: closing(1000, 'bye'), masked: true }),
  ]);
  const server = Buffer.concat([
    deflated('welcome back, hunter22-secret'),
    frame({ op: opcode.binary, payload: Buffer.from([1, 2, 255]) }),
  ]);
  const { record: out, findings } = maskRecord(pairOf(client, server), builtInMasker);
  expect(said(out)).toEqual([
    'client|text||1|{"type":"login","password":"***"}|',
    'client|close|1000|1|bye|',
    'server|text||3|welcome back, ***|',
    'server|binary||3|01 02 ff|',
  ]);
  expect(Buffer.from(out.response.head).toString()).not.toMatch(/extensions/i);
  expect(JSON.stringify(findings)).not.toContain('hunter22');
});

test('what could not be looked through does not leave', () => {
  const damaged = frame({ reserved: 4, payload: Buffer.from('hunter22-secret, damaged') });
  const server = Buffer.concat([frame({ payload: 'fine' }), damaged, deflated('hunter22-secret').subarray(0, 12)]);
  const broken = maskRecord(pairOf(Buffer.from('no frames: hunter22-secret'), server), builtInMasker).record;
  expect(Buffer.from(broken.request.body).toString('latin1')).not.toContain('hunter22');
  expect(Buffer.from(broken.response.body).toString('latin1')).not.toContain('hunter22');
  expect(said(broken)).toEqual(['server|text||3|fine|', 'server|text||3||', 'server|text||3||']);
});

test('members of events are masked by their names', () => {
  const base = record(80, 'GET /events HTTP/1.1\r\nHost: a\r\n\r\n');
  const body = Buffer.from('event: login\ndata: {"password":"hunter22-secret"}\n\ndata: hunter22-secret\n\n');
  const response = message(Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n'), body);
  const out = maskRecord({ ...base, response, arrivals: Uint8Array.of(1, 1) }, builtInMasker).record;
  expect(Buffer.from(out.response.body).toString()).toBe('event: login\ndata: {"password":"***"}\n\ndata: ***\n\n');
  expect(out.arrivals).toBeUndefined();
});
