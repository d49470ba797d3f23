import { limits } from '../../limits.ts';
import type { ReadSide } from '../../rrpair/reading.ts';
import { Content } from '../content.ts';
import type { StoredExchange } from '../protocol.ts';
import { SideReading } from '../reading.ts';
import { greetingOf } from './handshake.ts';
import {
  answer,
  type ColumnFacts,
  columnOf,
  EOF_BYTES,
  errorOf,
  FULL,
  lengthEncoded,
  lengthEncodedBytes,
  serverStatus,
  statusAtEnd,
  successOf,
} from './packets.ts';
import { type StoredPacket, storedPackets } from './stored-packets.ts';
import { binaryValue, columnType, isUnsigned, textValue } from './values.ts';

export function readResponse(exchange: StoredExchange): ReadSide {
  const reader = new ResponseReader(exchange);
  const { packets, rest } = storedPackets(exchange.response);
  for (const packet of packets) reader.packet(packet);
  return reader.done(exchange.responseCut ? 'Not all of the answer was kept.' : rest);
}

type Place = 'greeting' | 'authentication' | 'first' | 'parameters' | 'columns' | 'rows' | 'text';

class ResponseReader {
  readonly #side = new SideReading();
  readonly #firstRow: number;
  readonly #isBinary: boolean;
  readonly #command: string;
  #place: Place;
  #left = 0;
  #columnsToCome = 0;
  #columns: ColumnFacts[] = [];
  readonly #known: ColumnFacts[];
  #rows: StoredPacket[] = [];
  #results = 0;
  readonly #said: string[] = [];

  constructor({ summary, context, firstRow }: StoredExchange) {
    this.#firstRow = firstRow;
    this.#command = summary.command;
    this.#isBinary = ['Execute', 'BulkExecute', 'Fetch'].includes(summary.command);
    this.#known = columnsOfContext(context);
    if (summary.command === 'Connect') this.#place = 'greeting';
    else if (summary.command === 'ChangeUser') this.#place = 'authentication';
    else if (summary.command === 'Statistics') this.#place = 'text';
    else if (summary.command === 'Fetch') this.#place = 'rows';
    else if (summary.command === 'FieldList') this.#place = 'columns';
    else this.#place = 'first';
    if (this.#place === 'columns') this.#left = Number.POSITIVE_INFINITY;
    if (this.#place === 'rows') this.#columns = this.#known;
  }

  packet(packet: StoredPacket): void {
    const { type, payload } = packet;
    const content = new Content(payload, 1);
    if (type === answer.error) {
      this.#error(packet, content);
      return;
    }
    switch (this.#place) {
      case 'greeting':
        this.#greeting(packet);
        return;
      case 'authentication':
        if (type === answer.ok) this.#ok(packet, content);
        else
          this.#frame(
            packet,
            type === answer.eof ? 'AuthSwitchRequest' : 'AuthMoreData',
            type === answer.eof ? content.text() : '',
          );
        return;
      case 'text':
        this.#frame(packet, 'Text');
        this.#side.text('Statistics', payload.toString('utf8'));
        return;
      case 'first':
        this.#first(packet, content);
        return;
      case 'rows':
        if (isEnd(packet)) this.#end(packet, content);
        else {
          this.#rows.push(packet);
          if (!this.#side.full) this.#frame(packet, 'Row');
        }
        return;
      default:
        this.#definition(packet, content);
    }
  }

  done(problem: string): ReadSide {
    this.#showRows();
    const side = this.#side;
    if (this.#said.length > 0)
      side.text(this.#said.length === 1 ? 'Result' : 'Results', this.#said.slice(0, limits.readingRows).join('\n'));
    side.problem = problem;
    return side.done();
  }

  #frame({ offset, length }: StoredPacket, name: string, text = ''): void {
    this.#side.frame({ offset, length, depth: 0, name, text });
  }

  #greeting(packet: StoredPacket): void {
    // Inside of TLS the greeting was said before.
    this.#place = 'authentication';
    if (packet.type !== 0x0a) {
      this.packet(packet);
      return;
    }
    const { version, thread, plugin } = greetingOf(packet.payload);
    this.#frame(packet, 'Handshake', version);
    this.#side.fields('Server', [
      ['version', version],
      ['connection', String(thread)],
      ['authentication', plugin],
    ]);
  }

  #error(packet: StoredPacket, content: Content): void {
    const { code, state, message } = errorOf(content);
    if (code === 0xff_ff) {
      this.#frame(packet, 'Progress');
      return;
    }
    this.#showRows();
    this.#frame(packet, 'ERR', `${String(code)} ${message}`);
    this.#side.text('Error', message, 'error');
    const facts: [string, string][] = [['Code', String(code)]];
    if (state !== '') facts.push(['SQLSTATE', state]);
    this.#side.fields('Error in full', facts);
  }

  #ok(packet: StoredPacket, content: Content): void {
    const success = successOf(content);
    const info = infoOf(content);
    const text = [
      `${String(success.affected)} ${success.affected === 1 ? 'row' : 'rows'} affected`,
      success.insertId === 0 ? '' : `last insert id ${String(success.insertId)}`,
      warningsText(success.warnings),
      info,
    ];
    const said = text.filter((part) => part !== '').join(', ');
    this.#frame(packet, 'OK', said);
    this.#said.push(said);
  }

  #first(packet: StoredPacket, content: Content): void {
    const { type, payload } = packet;
    if (type === answer.ok && this.#command === 'Prepare') {
      this.#prepared(packet, content);
      return;
    }
    if (type === answer.ok) {
      this.#ok(packet, content);
      return;
    }
    if (type === answer.infile) {
      const name = content.rest().toString('utf8');
      this.#frame(packet, 'LOCAL INFILE', name);
      this.#side.text('Asks for the file', name);
      return;
    }
    if (isEnd(packet)) {
      this.#frame(packet, 'EOF');
      return;
    }
    content.at = 0;
    const count = lengthEncoded(content) ?? 0;
    const follows = content.left <= 0 || content.byte() !== 0;
    this.#frame(packet, 'ColumnCount', String(count));
    this.#columns = follows ? [] : this.#known;
    this.#left = follows ? count : 0;
    this.#place = this.#left > 0 ? 'columns' : 'rows';
    if (payload.length === 0) this.#place = 'first';
  }

  #prepared(packet: StoredPacket, content: Content): void {
    const number = content.uint32le();
    this.#columnsToCome = content.uint16le();
    const parameters = content.uint16le();
    this.#frame(packet, 'Prepared', `statement ${String(number)}`);
    this.#said.push(
      `prepared as number ${String(number)} with ${String(parameters)} parameters and ${String(this.#columnsToCome)} columns`,
    );
    this.#place = parameters > 0 ? 'parameters' : 'columns';
    this.#left = parameters > 0 ? parameters : this.#columnsToCome;
  }

  #definition(packet: StoredPacket, content: Content): void {
    const { payload } = packet;
    if (isEnd(packet)) {
      this.#endOfDefinitions(packet, content);
      return;
    }
    // Without an EOF behind the parameters, these are the columns.
    if (this.#place === 'parameters' && this.#left === 0) this.#place = 'columns';
    if (this.#place === 'columns' && this.#left === 0 && this.#command !== 'Prepare') {
      this.#place = 'rows';
      this.packet(packet);
      return;
    }
    this.#left -= 1;
    const column = columnOf(payload, content);
    this.#frame(
      packet,
      this.#place === 'parameters' ? 'ParameterDefinition' : 'ColumnDefinition',
      `${column.name} ${columnType(column)}`,
    );
    if (this.#place === 'columns' && this.#columns.length < 1_000) this.#columns.push(column);
  }

  #endOfDefinitions(packet: StoredPacket, content: Content): void {
    if (this.#command === 'FieldList' || (this.#place === 'columns' && packet.payload.length > EOF_BYTES)) {
      // There are no rows.
      this.#place = 'rows';
      this.#end(packet, content);
      return;
    }
    this.#frame(packet, 'EOF');
    if (this.#place === 'parameters') {
      this.#place = 'columns';
      this.#left = this.#columnsToCome;
      return;
    }
    if (this.#command === 'Prepare') return;
    this.#place = 'rows';
    if ((statusAtEnd(content, packet.payload.length) & serverStatus.cursor) !== 0) this.#showRows();
  }

  #end(packet: StoredPacket, content: Content): void {
    const status = statusAtEnd(content, packet.payload.length);
    const warnings =
      packet.payload.length > EOF_BYTES ? successOf(new Content(packet.payload, 1)).warnings : packet.payload.readUInt16LE(1);
    const rows = this.#rows.length;
    this.#frame(packet, packet.payload.length > EOF_BYTES ? 'OK' : 'EOF');
    this.#showRows();
    this.#said.push(
      [`${String(rows)} ${rows === 1 ? 'row' : 'rows'}`, warningsText(warnings)].filter((part) => part !== '').join(', '),
    );
    this.#place = 'first';
    if ((status & serverStatus.moreResults) === 0) return;
    this.#columns = [];
  }

  #showRows(): void {
    if (this.#columns.length === 0 && this.#rows.length === 0) return;
    this.#results += 1;
    const page = this.#rows.slice(this.#firstRow, this.#firstRow + limits.readingRows).map((row) => this.#cells(row));
    const widest = page.reduce((most, row) => Math.max(most, row.length), this.#columns.length);
    const heads = Array.from({ length: widest }, (_, index) => {
      const column = this.#columns[index];
      return { name: column?.name ?? `column ${String(index + 1)}`, type: column === undefined ? '' : columnType(column) };
    });
    const title = this.#command === 'Prepare' || this.#command === 'FieldList' ? 'Columns' : 'Rows';
    this.#side.table(
      this.#results === 1 ? title : `${title} of result ${String(this.#results)}`,
      heads,
      page,
      this.#firstRow,
      this.#rows.length,
    );
    this.#rows = [];
    this.#columns = [];
  }

  #cells({ payload }: StoredPacket): (string | null)[] {
    const cells: (string | null)[] = [];
    if (!this.#isBinary) {
      const content = new Content(payload);
      while (content.left > 0 && cells.length < MOST_CELLS) cells.push(textValue(lengthEncodedBytes(content)));
      return cells;
    }
    const content = new Content(payload, 1);
    const nulls = content.take((this.#columns.length + 9) >> 3);
    for (const [index, column] of this.#columns.entries()) {
      const bit = index + 2;
      const isNull = ((nulls[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
      cells.push(isNull ? null : binaryValue(content, column.type, isUnsigned(column)));
    }
    return cells;
  }
}

/** Columns that a table of MySQL may have. */
const MOST_CELLS = 4_096;

function isEnd({ type, payload }: StoredPacket): boolean {
  return type === answer.eof && payload.length < FULL;
}

function warningsText(warnings: number): string {
  if (warnings === 0) return '';
  return warnings === 1 ? '1 warning' : `${String(warnings)} warnings`;
}

/** What stands at the end of an OK packet for people: with a length in front where sessions are tracked, else the rest. */
function infoOf(content: Content): string {
  if (content.left <= 0) return '';
  const at = content.at;
  const length = lengthEncoded(content) ?? 0;
  if (length <= content.left) return content.take(length).toString('utf8');
  content.at = at;
  return content.rest().toString('utf8');
}

/** Columns that were described before. */
function columnsOfContext(context: StoredExchange['context']): ColumnFacts[] {
  const columns = context['columns'];
  if (!Array.isArray(columns)) return [];
  return columns.slice(0, 500).map((each: unknown) => {
    const told = (typeof each === 'object' && each !== null ? each : {}) as Readonly<Record<string, unknown>>;
    const number = (name: string): number => (typeof told[name] === 'number' ? told[name] : 0);
    const name = typeof told['name'] === 'string' ? told['name'] : '';
    return { name, type: number('type'), flags: number('flags'), charset: number('charset'), decimals: number('decimals') };
  });
}
