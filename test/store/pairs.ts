import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits } from '../../proxy-core/limits.ts';
import type { ConnectionInfo, FailureCode } from '../../proxy-core/rrpair/pair.ts';
import type { PairQuery, Sort } from '../../proxy-core/rrpair/shapes.ts';
import { BatchWriter, type PairExtra, pairRecordBytes, partRecordBytes } from '../../proxy-core/store/batch.ts';
import type { Store } from '../../proxy-core/store/store.ts';

/** A pair as a test describes it; everything has a default. */
export interface TestPair {
  id: number;
  open?: boolean;
  method?: string;
  /** HTTP/1.1 unless it is told. */
  version?: 'HTTP/1.1' | 'HTTP/2';
  target?: string;
  host?: string;
  status?: number;
  requestHeaders?: readonly string[];
  responseHeaders?: readonly string[];
  requestBody?: Uint8Array | string;
  responseBody?: Uint8Array | string;
  startedAtMicros?: number;
  /** µs; -1 when there was no response. */
  latency?: number;
  duration?: number;
  failure?: { code: FailureCode; detail: string };
  summary?: PairExtra['summary'];
  /** What else its record carries. */
  extra?: PairExtra;
  connection?: Partial<ConnectionInfo>;
  replayOf?: number;
  /** Bytes on the wire, when not all were kept. */
  responseWireBytes?: number;
  requestInParts?: boolean;
  responseInParts?: boolean;
  bodyShed?: boolean;
}

/** 2026-11-20T10:00:00Z in µs. */
export const START = Date.UTC(2026, 10, 20, 10) * 1000;

export const everything: PairQuery = { filter: '', noise: true, sort: { by: 'time', descending: false } };

export function query(filter: string, sort: Partial<Sort> = {}, noise = true): PairQuery {
  return { filter, noise, sort: { by: 'time', descending: false, ...sort } };
}

export function connectionInfo(more: Partial<ConnectionInfo> = {}): ConnectionInfo {
  return {
    id: 1,
    direction: 'in',
    source: 'local',
    entry: 'reverse',
    protocol: 'http',
    clientAddress: '127.0.0.1',
    clientPort: 50_000,
    clientName: '',
    flow: '',
    upstreamHost: '127.0.0.1',
    upstreamPort: 3000,
    upstreamAddress: '127.0.0.1',
    dialMicros: 150,
    tlsMicros: 0,
    clientTls: null,
    upstreamTls: null,
    ...more,
  };
}

export function headBytes(pair: TestPair): { request: Buffer; response: Buffer } {
  const { method = 'GET', target = `/items/${String(pair.id)}`, host = 'shop.test', status = 200, version = 'HTTP/1.1' } = pair;
  if (pair.summary !== undefined) return { request: Buffer.alloc(0), response: Buffer.alloc(0) };
  const request = [`${method} ${target} ${version}`, `Host: ${host}`, ...(pair.requestHeaders ?? []), '', ''].join('\r\n');
  const response = [`${version} ${String(status)} X`, ...(pair.responseHeaders ?? []), '', ''].join('\r\n');
  const responded = pair.open !== true && pair.latency !== -1;
  return { request: Buffer.from(request, 'latin1'), response: Buffer.from(responded ? response : '', 'latin1') };
}

/** Writes pairs as the recorder does, in one batch. */
export function batchOf(pairs: readonly TestPair[]): Uint8Array<ArrayBuffer> {
  const records = pairs.map((pair) => recordOf(pair));
  const writer = new BatchWriter(new ArrayBuffer(records.reduce((sum, { blobs }) => sum + pairRecordBytes(blobs), 0)));
  for (const { fields, blobs } of records) writer.pair(fields, blobs);
  return writer.finish();
}

function recordOf(pair: TestPair): { fields: Parameters<BatchWriter['pair']>[0]; blobs: Parameters<BatchWriter['pair']>[1] } {
  const heads = headBytes(pair);
  const requestBody = Buffer.from(pair.requestBody ?? '');
  const responseBody = Buffer.from(pair.responseBody ?? '');
  const latency = pair.open === true ? -1 : (pair.latency ?? 1_000);
  const extra: PairExtra = { failure: pair.failure, summary: pair.summary, ...pair.extra };
  const hasExtra = pair.failure !== undefined || pair.summary !== undefined || pair.extra !== undefined;
  return {
    fields: {
      id: pair.id,
      state: pair.open === true ? 'open' : 'done',
      startedAtMicros: pair.startedAtMicros ?? START + pair.id * 1_000,
      requestEnd: 10,
      responseStart: latency,
      responseEnd: latency < 0 ? -1 : (pair.duration ?? latency + 500),
      replayOf: pair.replayOf ?? 0,
      requestWireBytes: requestBody.length,
      requestPayloadBytes: requestBody.length,
      requestCrc32: 0,
      requestTruncated: false,
      requestInParts: pair.requestInParts ?? false,
      responseWireBytes: pair.responseWireBytes ?? responseBody.length,
      responsePayloadBytes: pair.responseWireBytes ?? responseBody.length,
      responseCrc32: pair.responseWireBytes === undefined ? 0 : 0xabcdef,
      responseTruncated: pair.responseWireBytes !== undefined,
      responseInParts: pair.responseInParts ?? false,
      bodyShed: pair.bodyShed ?? false,
    },
    blobs: {
      connection: Buffer.from(JSON.stringify(connectionInfo(pair.connection))),
      extra: Buffer.from(hasExtra ? JSON.stringify(extra) : ''),
      requestHead: [heads.request],
      responseHead: [heads.response],
      requestBody: [pair.requestInParts === true ? Buffer.alloc(0) : requestBody],
      responseBody: [pair.responseInParts === true ? Buffer.alloc(0) : responseBody],
    },
  };
}

/** Parts of a body that goes ahead of its pair. */
export function partsOf(
  id: number,
  side: 'request' | 'response',
  body: Uint8Array,
  size: number = limits.bodyPartBytes,
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += size) parts.push(body.subarray(at, at + size));
  const writer = new BatchWriter(new ArrayBuffer(parts.reduce((sum, part) => sum + partRecordBytes(part.length), 0)));
  let offset = 0;
  for (const part of parts) {
    writer.part(id, side, offset, [part]);
    offset += part.length;
  }
  return writer.finish();
}

/** Writes pairs and waits until they can be read. */
export async function put(store: Store, ...pairs: TestPair[]): Promise<void> {
  store.write(batchOf(pairs));
  await store.flush();
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

export async function idsOf(store: Pick<Store, 'ids'>, wanted: PairQuery): Promise<number[]> {
  const ids: number[] = [];
  for await (const id of store.ids(wanted)) ids.push(id);
  return ids;
}

/** A directory of its own, removed with `remove`. */
export function temporaryDirectory(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'sidetap-store-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Resolves when the store's status is as wanted. */
export function until(store: Store, wanted: (status: ReturnType<Store['status']>) => boolean): Promise<void> {
  if (wanted(store.status())) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = store.onChange((status) => {
      if (!wanted(status)) return;
      stop();
      resolve();
    });
  });
}
