import { limits } from '../../limits.ts';
import type { Carrier, MessageFields } from '../protocol.ts';
import { api, apiName, messageFields } from './apis.ts';
import { ANSWER_BYTES, REQUEST_BYTES } from './frames.ts';
import { batchesOf, type KafkaRecord, recordsOf } from './records.ts';
import { writtenIn } from './show.ts';
import { Tree } from './tree.ts';
import { Unpacking } from './unpacking.ts';
import { Walker } from './walker.ts';

/** The headers of records that are written or fetched. */
export const kafkaCarrier: Carrier = {
  commands: new Set([apiName(api.produce), apiName(api.fetch)]),
  fields: (request, response) => {
    if (request.length < REQUEST_BYTES) return [];
    const key = request.readInt16BE(4);
    const version = request.readInt16BE(6);
    if (key === api.produce) return fieldsIn('request', key, version, request.subarray(REQUEST_BYTES));
    return fieldsIn('response', key, version, response.subarray(ANSWER_BYTES));
  },
};

function fieldsIn(side: 'request' | 'response', key: number, version: number, content: Buffer): MessageFields[] {
  const tree = new Tree();
  new Walker(messageFields(side, key, version), tree).push(content);
  const records = firstRecords(writtenIn(tree.root, { content, before: 0, names: new Map() }).map(({ bytes }) => bytes));
  return records.flatMap(({ headers }) =>
    headers.length === 0 ? [] : [headers.map(([name, value]) => [name, textOf(value)] as const)],
  );
}

function textOf(value: Buffer | null): string {
  return value?.toString('utf8', 0, limits.readingCellChars) ?? '';
}

/** Those of all partitions that stand first, as far as they are complete. */
function firstRecords(written: readonly Buffer[]): KafkaRecord[] {
  const records: KafkaRecord[] = [];
  const unpacking = new Unpacking(limits.carriedBytes);
  for (const bytes of written) {
    for (const batch of batchesOf(bytes).batches) {
      const left = limits.carriedMessages - records.length;
      if (left <= 0) return records;
      const own = bytes.subarray(batch.at, batch.at + batch.length);
      const content = unpacking.contentOf(own, batch);
      if (content !== null) records.push(...recordsOf(own, batch, content, 0, left).records);
    }
  }
  return records;
}
