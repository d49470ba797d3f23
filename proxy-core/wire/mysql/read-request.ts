import { limits } from '../../limits.ts';
import type { ReadSide } from '../../rrpair/reading.ts';
import { Content } from '../content.ts';
import type { StoredExchange } from '../protocol.ts';
import { contextNumber, contextNumbers, contextText, SideReading } from '../reading.ts';
import { command, commandFacts } from './commands.ts';
import { type Introduction, maskChangeOfUser, maskIntroduction } from './handshake.ts';
import { capabilities } from './packets.ts';
import { type Bound, BULK_TYPES, boundOf, executionOf, sqlOf } from './statement.ts';
import { type StoredPacket, storedPackets } from './stored-packets.ts';
import { binaryValue, typeName } from './values.ts';

export function readRequest({ request, requestCut, context, summary }: StoredExchange): ReadSide {
  const side = new SideReading();
  const { packets, rest } = storedPackets(request);
  let place: 'introduction' | 'command' | 'proof' | 'file' = summary.command === 'Connect' ? 'introduction' : 'command';
  /** Parameters whose values were sent ahead. */
  const ahead = new Map<number, Buffer[]>();
  const file: Buffer[] = [];
  for (const packet of packets) {
    const { payload, offset, length } = packet;
    const frame = (name: string, text = ''): void => {
      if (!side.full) side.frame({ offset, length, depth: 0, name, text });
    };
    if (place === 'introduction') {
      frame('HandshakeResponse');
      showIntroduction(side, maskIntroduction(Buffer.from(payload)));
      place = 'proof';
    } else if (place === 'proof') frame('Authentication', 'masked');
    else if (place === 'file') {
      frame('File', `${String(payload.length)} bytes`);
      file.push(payload);
    } else {
      const name = commandFacts(packet.type)?.name ?? 'Unknown command';
      frame(name, readCommand(packet, context, side, ahead));
      if (packet.type === command.changeUser) place = 'proof';
      else if (packet.type === command.query) place = 'file';
    }
  }
  if (file.length > 0) {
    const data = Buffer.concat(file);
    side.value('File sent', data, data.length);
  }
  if (requestCut) side.problem = 'Not all of the request was kept.';
  else if (rest !== '') side.problem = rest;
  return side.done();
}

function showIntroduction(side: SideReading, { user, database, plugin, attributes }: Introduction): void {
  const session: [string, string][] = [
    ['user', user],
    ['database', database],
    ['authentication', plugin],
  ];
  side.fields('Session', [...session.filter(([, value]) => value !== ''), ...attributes]);
}

/** Returns what its frame says. */
function readCommand(
  { type, payload }: StoredPacket,
  context: StoredExchange['context'],
  side: SideReading,
  ahead: Map<number, Buffer[]>,
): string {
  const read = new Content(payload, 1);
  switch (type) {
    case command.query:
    case command.prepare: {
      const { sql, attributes } = sqlOf(payload.subarray(1), context['attributes'] === true);
      side.text('SQL', sql, 'sql');
      showBound(side, 'Attributes', attributes);
      return sql;
    }
    case command.execute:
    case command.bulkExecute: {
      const number = read.uint32le();
      const sql = contextText(context, 'sql');
      if (sql !== '') side.text('SQL', sql, 'sql');
      if (type === command.execute) showExecution(side, read, context, ahead);
      else showBulk(side, read, context);
      return `statement ${String(number)}`;
    }
    case command.longData: {
      const number = read.uint32le();
      const parameter = read.uint16le();
      const data = read.rest();
      ahead.set(parameter, [...(ahead.get(parameter) ?? []), data]);
      return `statement ${String(number)}, parameter ${String(parameter + 1)}, ${String(data.length)} bytes`;
    }
    case command.close:
    case command.reset:
    case command.fetch: {
      const number = read.uint32le();
      const sql = contextText(context, 'sql');
      if (sql !== '') side.text('SQL', sql, 'sql');
      return `statement ${String(number)}${type === command.fetch ? `, at most ${String(read.uint32le())} rows` : ''}`;
    }
    case command.changeUser: {
      const said = maskChangeOfUser(
        Buffer.from(payload),
        capabilities.secureConnection | capabilities.pluginAuth | capabilities.attributes,
      );
      showIntroduction(side, said);
      return said.user;
    }
    case command.kill:
      return `process ${String(read.uint32le())}`;
    case command.initDb:
    case command.createDb:
    case command.dropDb:
    case command.fieldList: {
      const name = read.text();
      side.text(type === command.fieldList ? 'Table' : 'Database', name);
      return name;
    }
    default:
      return '';
  }
}

function showExecution(
  side: SideReading,
  read: Content,
  context: StoredExchange['context'],
  ahead: ReadonlyMap<number, readonly Buffer[]>,
): void {
  const attributes = context['attributes'] === true;
  const parameters = contextNumber(context, 'parameters');
  const { count, cursor } = executionOf(read, parameters, attributes);
  const { values } = boundOf(read, count, attributes, contextNumbers(context, 'types'), new Set(ahead.keys()));
  showBound(side, 'Parameters', values.slice(0, parameters));
  showBound(side, 'Attributes', values.slice(parameters));
  if (cursor) side.text('Rows', 'A cursor is opened; the rows are fetched later.');
  for (const [index, parts] of ahead) {
    const data = Buffer.concat(parts);
    side.value(`Parameter ${String(index + 1)}, sent ahead`, data, data.length);
  }
}

/** The values of many executions; each has a byte in front that tells whether it is NULL, a default, or left out. */
function showBulk(side: SideReading, read: Content, context: StoredExchange['context']): void {
  const parameters = contextNumber(context, 'parameters');
  let types = contextNumbers(context, 'types');
  if ((read.uint16le() & BULK_TYPES) !== 0) types = Array.from({ length: parameters }, () => read.uint16le());
  const rows: (string | null)[][] = [];
  let total = 0;
  if (parameters === 0) return;
  while (read.left > 0) {
    const row = types.slice(0, parameters).map((type) => {
      const indicator = read.byte();
      if (indicator === 0) return binaryValue(read, type & 0xff, (type & 0x8000) !== 0);
      return indicator === 1 ? null : indicator === 2 ? 'DEFAULT' : '(left out)';
    });
    if (row.length === 0) break;
    total += 1;
    if (rows.length < limits.readingRows) rows.push(row);
  }
  const columns = types.slice(0, parameters).map((type, index) => ({ name: `?${String(index + 1)}`, type: typeName(type) }));
  if (rows.length > 0) side.table('Parameters', columns, rows, 0, total);
}

function showBound(side: SideReading, title: string, values: readonly Bound[]): void {
  if (values.length === 0) return;
  const rows = values.map(({ name, type, value }, index) => [
    name === '' ? `?${String(index + 1)}` : name,
    value,
    value === null && (type & 0xff) === 6 ? '' : typeName(type),
  ]);
  const columns = [title === 'Parameters' ? 'Parameter' : 'Attribute', 'Value', 'Type'].map((name) => ({ name, type: '' }));
  side.table(title, columns, rows.slice(0, limits.readingRows), 0, rows.length);
}
