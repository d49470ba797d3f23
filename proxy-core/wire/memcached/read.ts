import { limits } from '../../limits.ts';
import type { Reading, ReadSide } from '../../rrpair/reading.ts';
import { textOfLine, utf8Of } from '../line-reader.ts';
import type { StoredExchange } from '../protocol.ts';
import { SideReading, textOrHex } from '../reading.ts';
import { bytesOf, commandOf, isError } from './commands.ts';

/** What a command and its answer say. */
export function readMemcached(exchange: StoredExchange): Reading {
  return { request: readRequest(exchange), response: readResponse(exchange) };
}

interface Line {
  text: string;
  offset: number;
  end: number;
}

/** The line that begins at the offset; null when it is not complete. */
function lineAt(bytes: Buffer, offset: number): Line | null {
  const end = bytes.indexOf(10, offset);
  return end < 0 ? null : { text: textOfLine(bytes.subarray(offset, end + 1)), offset, end: end + 1 };
}

function readRequest({ request, requestCut }: StoredExchange): ReadSide {
  const side = new SideReading();
  const line = lineAt(request, 0);
  if (line !== null) {
    const text = utf8Of(line.text);
    side.frame({ offset: 0, length: line.end, depth: 0, name: 'Command', text });
    side.text('Command', text, 'command');
    const { valueBytes, keys } = commandOf(line.text);
    if (keys.length > 1)
      side.fields(
        'Keys',
        keys.map((key, index) => [String(index + 1), utf8Of(key)]),
      );
    if (valueBytes >= 0) {
      const value = request.subarray(line.end, line.end + valueBytes);
      side.frame({ offset: line.end, length: request.length - line.end, depth: 0, name: 'Value', text: '' });
      side.value('Value', value, valueBytes);
    }
  }
  if (requestCut) side.problem = 'Not all of the command was kept.';
  return side.done();
}

/** A value that was found, with what is known of it. */
interface Found {
  about: string[];
  value: Buffer;
}

function readResponse({ response, responseCut, firstRow, summary }: StoredExchange): ReadSide {
  const side = new SideReading();
  const found: Found[] = [];
  const stats: [string, string][] = [];
  const said: string[] = [];
  let at = 0;
  for (let line = lineAt(response, at); line !== null; line = lineAt(response, at)) {
    const words = line.text.split(' ');
    const text = utf8Of(line.text);
    side.frame({ offset: line.offset, length: line.end - line.offset, depth: 0, name: words[0] ?? '', text });
    at = line.end;
    const bytes = words[0] === 'VALUE' ? bytesOf(words[3]) : words[0] === 'VA' ? bytesOf(words[1]) : -1;
    if (bytes >= 0) {
      const value = response.subarray(at, at + bytes);
      side.frame({ offset: at, length: Math.min(bytes + 2, response.length - at), depth: 0, name: 'Value', text: '' });
      const about =
        words[0] === 'VALUE'
          ? [utf8Of(words[1] ?? ''), words[2] ?? '', words[4] ?? '']
          : [summary.location, '', utf8Of(words.slice(2).join(' '))];
      found.push({ about, value });
      at += bytes + 2;
    } else if (words[0] === 'STAT') stats.push([utf8Of(words[1] ?? ''), utf8Of(words.slice(2).join(' '))]);
    else if (isError(line.text)) side.text('Error', text, 'error');
    else if (!['END', 'EN'].includes(line.text) || (found.length === 0 && stats.length === 0)) said.push(text);
  }
  showFound(side, found, firstRow);
  if (stats.length > 0) {
    const rows = stats.slice(firstRow, firstRow + limits.readingRows);
    side.table('Statistics', [column('Name'), column('Value')], rows, firstRow, stats.length);
  }
  if (said.length > 0) side.text('Answer', said.slice(0, limits.readingRows).join('\n'));
  if (responseCut) side.problem = 'Not all of the answer was kept.';
  else if (at < response.length) side.problem = 'The answer is not complete.';
  return side.done();
}

function showFound(side: SideReading, found: readonly Found[], firstRow: number): void {
  if (found.length === 0) return;
  const rows = found
    .slice(firstRow, firstRow + limits.readingRows)
    .map(({ about, value }) => about.concat(String(value.length), textOrHex(value)));
  side.table('Values', ['Key', 'Flags', 'CAS', 'Bytes', 'Value'].map(column), rows, firstRow, found.length);
  const [only] = found;
  if (found.length === 1 && only !== undefined) side.value('Value', only.value, only.value.length);
}

function column(name: string): { name: string; type: string } {
  return { name, type: '' };
}
