import { setTimeout as pause } from 'node:timers/promises';
import { limits } from '../../proxy-core/limits.ts';
import type { ConnectionInfo } from '../../proxy-core/rrpair/pair.ts';
import { BatchWriter, type PairBlobs, type PairFields, pairRecordBytes } from '../../proxy-core/store/batch.ts';
import type { Store } from '../../proxy-core/store/store.ts';

const none = Buffer.alloc(0);

const connections = Array.from({ length: 32 }, (_, index): Buffer => {
  const info: ConnectionInfo = {
    id: index + 1,
    direction: 'in',
    source: 'local',
    entry: 'reverse',
    protocol: 'http',
    clientAddress: '127.0.0.1',
    clientPort: 40_000 + index,
    clientName: '',
    flow: '',
    upstreamHost: 'localhost',
    upstreamPort: 3000,
    upstreamAddress: '127.0.0.1',
    dialMicros: 120,
    tlsMicros: 0,
    clientTls: null,
    upstreamTls: null,
  };
  return Buffer.from(JSON.stringify(info));
});

function head(...lines: string[]): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

/** Pair number `id`, begun so long after the one before it, µs. */
function pair(id: number, body: Buffer, spacing: number): { fields: PairFields; blobs: PairBlobs } {
  const status = id % 50 === 0 ? '503 Service Unavailable' : '200 OK';
  const request = head(
    `GET /items/${id}?page=${id % 9} HTTP/1.1`,
    `Host: shop-${id % 20}.test:3000`,
    'User-Agent: wrk/4.2',
    'Accept: */*',
  );
  const response = head(
    `HTTP/1.1 ${status}`,
    'Server: nginx/1.22.1',
    'Date: Fri, 20 Nov 2026 10:00:00 GMT',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'Connection: keep-alive',
  );
  return {
    fields: {
      id,
      state: 'done',
      startedAtMicros: 1_795_168_800_000_000 + id * spacing,
      requestEnd: 5,
      responseStart: 200 + ((id * 7_919) % 5_000),
      responseEnd: 5_300 + (id % 100),
      replayOf: 0,
      requestWireBytes: 0,
      requestPayloadBytes: 0,
      requestCrc32: 0,
      requestTruncated: false,
      requestInParts: false,
      responseWireBytes: body.length,
      responsePayloadBytes: body.length,
      responseCrc32: 0,
      responseTruncated: false,
      responseInParts: false,
      bodyShed: false,
    },
    blobs: {
      connection: connections[id % connections.length] ?? none,
      extra: none,
      requestHead: [request],
      responseHead: [response],
      requestBody: [],
      responseBody: [body],
    },
  };
}

/** Batches of made-up pairs with ids from 1 on. */
export function* batches(count: number, body: Buffer, spacing = 50): Generator<Uint8Array<ArrayBuffer>> {
  let writer = new BatchWriter(new ArrayBuffer(limits.batchBytes));
  for (let id = 1; id <= count; id += 1) {
    const { fields, blobs } = pair(id, body, spacing);
    if (writer.room() < pairRecordBytes(blobs)) {
      yield writer.finish();
      writer = new BatchWriter(new ArrayBuffer(limits.batchBytes));
    }
    writer.pair(fields, blobs);
  }
  yield writer.finish();
}

/** Stores made-up pairs. */
export async function fill(store: Store, pairs: number, body: Buffer, spacing?: number): Promise<void> {
  for (const batch of batches(pairs, body, spacing)) {
    store.write(batch);
    while (store.pendingBytes > limits.recorderSoftBytes) await pause(1);
  }
  await store.flush();
}
