import { limits } from '../../limits.ts';
import type { Reading, ReadSide } from '../../rrpair/reading.ts';
import { Content } from '../content.ts';
import type { StoredExchange } from '../protocol.ts';
import { SideReading } from '../reading.ts';
import { className, codeName, dataOf, headOf, operations, questionOf, recordOf, typeName } from './message.ts';

/** What a question and its answers say. */
export function readDns({ request, requestCut, response, responseCut, firstRow }: StoredExchange): Reading {
  return { request: readSide(request, requestCut, 0), response: readSide(response, responseCut, firstRow) };
}

type Row = (string | null)[];

const sections = ['Answers', 'Authority', 'Additional'] as const;

function readSide(bytes: Buffer, cut: boolean, firstRow: number): ReadSide {
  const side = new SideReading();
  const records: Record<(typeof sections)[number], Row[]> = { Answers: [], Authority: [], Additional: [] };
  const questions: Row[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const length = bytes.readUInt16BE(at);
    const message = bytes.subarray(at + 2, at + 2 + length);
    if (message.length < length) break;
    readMessage(side, message, at, questions, records);
    at += 2 + length;
  }
  if (questions.length > 0) {
    const shown = questions.slice(0, limits.readingRows);
    side.table('Question', ['Name', 'Type', 'Class'].map(column), shown, 0, shown.length);
  }
  for (const title of sections) {
    const rows = records[title];
    if (rows.length === 0) continue;
    const page = rows.slice(firstRow, firstRow + limits.readingRows);
    side.table(title, ['Name', 'TTL', 'Class', 'Type', 'Data'].map(column), page, firstRow, rows.length);
  }
  if (cut) side.problem = 'Not all of it was kept.';
  else if (at < bytes.length) side.problem = 'The last message is not complete.';
  return side.done();
}

function readMessage(
  side: SideReading,
  message: Buffer,
  offset: number,
  questions: Row[],
  records: Record<(typeof sections)[number], Row[]>,
): void {
  const content = new Content(message);
  const head = headOf(content);
  const operation = operations[head.operation] ?? `Operation ${String(head.operation)}`;
  const name = head.isResponse ? `Answer to ${operation}` : operation;
  const counts = `${String(head.answers)} answers`;
  const text = head.isResponse ? `${codeName(head.code)}, ${counts}` : head.flags.join(' ');
  side.frame({ offset, length: message.length + 2, depth: 0, name, text });
  if (side.frames === 1) {
    side.fields('Message', [
      ['id', String(head.id)],
      ['flags', head.flags.join(' ')],
      ...(head.isResponse ? [['result', codeName(head.code)] as const] : []),
    ]);
  }
  const isFirst = questions.length === 0;
  for (let left = head.questions; left > 0; left -= 1) {
    const question = questionOf(content);
    if (question === null) return;
    if (isFirst && questions.length < limits.readingRows)
      questions.push([question.name, typeName(question.type), className(question.class)]);
  }
  for (const [title, count] of [
    ['Answers', head.answers],
    ['Authority', head.authorities],
    ['Additional', head.additional],
  ] as const) {
    for (let left = count; left > 0; left -= 1) {
      const record = recordOf(content);
      if (record === null) return;
      // OPT is no record, but says what the sender can (RFC 6891).
      const isOpt = typeName(record.type) === 'OPT';
      records[title].push([
        record.name,
        isOpt ? '' : String(record.ttl),
        isOpt ? `${String(record.class)} bytes` : className(record.class),
        typeName(record.type),
        dataOf(message, record),
      ]);
    }
  }
}

function column(name: string): { name: string; type: string } {
  return { name, type: '' };
}
