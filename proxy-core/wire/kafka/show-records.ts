import { limits } from '../../limits.ts';
import { type SideReading, textOrHex } from '../reading.ts';
import { codecName } from './decompress.ts';
import { type Batch, batchesOf, type KafkaRecord, recordsOf } from './records.ts';
import { Unpacking } from './unpacking.ts';

/** The records of one partition: where they stand in the stored bytes. */
export interface Written {
  topic: string;
  partition: string;
  at: number;
  bytes: Buffer;
}

const columns = ['topic', 'partition', 'offset', 'time', 'key', 'value', 'headers'].map((name) => ({ name, type: '' }));

/** Shows records as a table, of which it decodes the page that is asked for, and one that stands alone in full. Returns why not all could be read. */
export function showRecords(side: SideReading, written: readonly Written[], firstRow: number): string {
  const rows: (string | null)[][] = [];
  const lastRow = firstRow + limits.readingRows;
  const unpacking = new Unpacking(limits.conversationBytes);
  let total = 0;
  let problem = '';
  let alone: KafkaRecord | undefined;
  for (const part of written) {
    const { batches, end } = batchesOf(part.bytes);
    if (end < part.bytes.length) problem ||= 'The last batch is not complete.';
    for (const batch of batches) {
      showBatch(side, part, batch);
      if (batch.codec !== 0) side.packed = true;
      // How many messages are inside of one of the old forms, nobody says.
      const isCounted = batch.magic === 2 || batch.codec === 0;
      if (isCounted && (total >= lastRow || total + batch.count <= firstRow)) {
        total += batch.count;
        continue;
      }
      const own = part.bytes.subarray(batch.at, batch.at + batch.length);
      const content = unpacking.contentOf(own, batch);
      if (content === null) {
        problem ||= `What is compressed with ${codecName(batch.codec)} cannot be read.`;
        total += batch.count;
        continue;
      }
      const from = Math.max(0, firstRow - total);
      const decoded = recordsOf(own, batch, content, from, Math.max(0, lastRow - total));
      problem ||= decoded.problem;
      alone = decoded.records[0];
      for (const record of decoded.records) rows.push(rowOf(part, record));
      total += decoded.count;
    }
  }
  if (total > 0) side.table('Records', columns, rows, firstRow, total);
  if (total === 1 && alone !== undefined) showAlone(side, alone);
  return problem;
}

function showBatch(side: SideReading, { topic, partition, at }: Written, batch: Batch): void {
  const { magic, codec, transactional, control, count } = batch;
  const facts = [
    `${topic}/${partition}`,
    `offset ${String(batch.offset)}`,
    ...(magic === 2 ? [`${String(count)} records`] : [`version ${String(magic)}`]),
    ...(codec === 0 ? [] : [codecName(codec)]),
    ...(transactional ? ['in a transaction'] : []),
    ...(control ? ['end of a transaction'] : []),
  ];
  const name = magic === 2 ? 'Record batch' : 'Message';
  side.frame({ offset: at + batch.at, length: batch.length, depth: 1, name, text: facts.join(', ') });
}

function rowOf({ topic, partition }: Written, { offset, timestamp, key, value, headers }: KafkaRecord): (string | null)[] {
  return [topic, partition, String(offset), timeOf(timestamp), textOrNull(key), textOrNull(value), headersText(headers)];
}

/** As JSON, which may have a name twice, as headers may. */
function headersText(headers: KafkaRecord['headers']): string {
  const members = headers.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(textOrNull(value))}`);
  return members.length === 0 ? '' : `{${members.join(',')}}`;
}

function textOrNull(bytes: Buffer | null): string | null {
  return bytes === null ? null : textOrHex(bytes);
}

/** Milliseconds as a time; empty where there is none. */
function timeOf(milliseconds: bigint): string {
  // What a Date can hold (ECMA-262 21.4.1.1).
  if (milliseconds < 0n || milliseconds > 8_640_000_000_000_000n) return '';
  return new Date(Number(milliseconds)).toISOString();
}

function showAlone(side: SideReading, { key, value, headers }: KafkaRecord): void {
  side.fields(
    'Headers',
    headers.map(([name, of]): [string, string] => [name, of === null ? 'null' : textOrHex(of)]),
  );
  if (key !== null && key.length > 0) side.value('Key', key, key.length);
  if (value !== null) side.value('Value', value, value.length);
}
