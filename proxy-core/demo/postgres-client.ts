import type { Socket } from 'node:net';
import { ByteReader } from './byte-reader.ts';

export type SqlRow = Record<string, string | null>;

/** As much of PostgreSQL's protocol 3.0 as a shop needs: statements with parameters in the extended protocol, one at a time on a connection. */
export class PostgresClient {
  readonly #socket: Socket;
  readonly #reader: ByteReader;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#reader = new ByteReader(socket);
  }

  /** Begins a session; without a password, which the demo's database asks nobody for. */
  static async open(socket: Socket, user: string): Promise<PostgresClient> {
    const client = new PostgresClient(socket);
    const fields = `user\0${user}\0database\0postgres\0application_name\0shop\0\0`;
    const startup = Buffer.alloc(8);
    startup.writeInt32BE(8 + fields.length, 0);
    startup.writeInt32BE(196_608, 4);
    socket.write(Buffer.concat([startup, Buffer.from(fields, 'latin1')]));
    await client.#untilReady();
    return client;
  }

  /** Runs a statement; rejects with what the server says against it. */
  async query(sql: string, params: readonly (string | number)[] = []): Promise<SqlRow[]> {
    const values = params.map((param) => {
      const text = Buffer.from(String(param));
      return Buffer.concat([int32(text.length), text]);
    });
    const bind = [Buffer.from('\0\0'), int16(0), int16(values.length), ...values, int16(0)];
    this.#socket.write(
      Buffer.concat([
        message('P', Buffer.from(`\0${sql}\0`), int16(0)),
        message('B', ...bind),
        message('D', Buffer.from('P\0')),
        message('E', Buffer.from('\0'), int32(0)),
        message('S'),
      ]),
    );
    return this.#untilReady();
  }

  close(): void {
    this.#socket.destroy();
  }

  async #untilReady(): Promise<SqlRow[]> {
    const rows: SqlRow[] = [];
    let names: string[] = [];
    let problem = '';
    for (;;) {
      const head = await this.#reader.take(5);
      const body = await this.#reader.take(head.readInt32BE(1) - 4);
      const type = String.fromCharCode(head[0] ?? 0);
      if (type === 'T') names = columnNames(body);
      else if (type === 'D') rows.push(rowOf(body, names));
      else if (type === 'E') problem = errorText(body);
      else if (type === 'Z') {
        if (problem !== '') throw new Error(problem);
        return rows;
      }
    }
  }
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function columnNames(body: Buffer): string[] {
  const names: string[] = [];
  for (let at = 2, left = body.readInt16BE(0); left > 0; left -= 1) {
    const end = body.indexOf(0, at);
    names.push(body.toString('utf8', at, end));
    at = end + 1 + 18;
  }
  return names;
}

function rowOf(body: Buffer, names: readonly string[]): SqlRow {
  const row: SqlRow = {};
  let at = 2;
  for (const name of names) {
    const length = body.readInt32BE(at);
    at += 4;
    row[name] = length < 0 ? null : body.toString('utf8', at, at + length);
    at += Math.max(0, length);
  }
  return row;
}

function errorText(body: Buffer): string {
  const fields = body.toString('utf8').split('\0');
  return fields.find((field) => field.startsWith('M'))?.slice(1) ?? 'the database refused';
}
