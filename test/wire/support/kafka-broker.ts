import type { Socket } from 'node:net';
import { messageFields } from '../../../proxy-core/wire/kafka/apis.ts';
import { answer, framed, type Members } from '../../../proxy-core/wire/kafka/testing/messages.ts';
import { Struct, Tree, type Value } from '../../../proxy-core/wire/kafka/tree.ts';
import { Walker } from '../../../proxy-core/wire/kafka/walker.ts';
import { startServer, startTlsServer } from '../../capture/support.ts';

/** The newest versions that are spoken, by the key of the API. */
const versions: Readonly<Record<number, number>> = {
  0: 9,
  1: 11,
  2: 5,
  3: 9,
  8: 7,
  9: 5,
  10: 2,
  11: 5,
  12: 3,
  13: 2,
  14: 3,
  17: 1,
  18: 3,
  22: 1,
  36: 1,
};

/** What is written to the one partition of a topic; the first offset of each batch. */
type Log = { offset: number; count: number; bytes: Buffer }[];

export interface KafkaBroker {
  port: number;
  /** Where clients are told to find it: the capture in front of it. */
  host: string;
  advertised: number;
  /** Topics that there are. */
  readonly logs: Map<string, Log>;
}

/**
 * As much of a broker as kcat and kafkajs need: topics of one partition in memory, groups of one member, and SASL that lets `ada` in. Every answer waits for those before
 * it, as Kafka’s do; a Fetch that finds nothing waits for something to be written.
 */
export async function startKafkaBroker(tls: { cert: string; key: string } | null = null): Promise<KafkaBroker> {
  const logs = new Map<string, Log>([['orders', []]]);
  const waiting = new Set<() => void>();
  const broker: KafkaBroker = { port: 0, host: tls === null ? '127.0.0.1' : 'localhost', advertised: 0, logs };
  const serve = (socket: Socket): void => {
    let bytes = Buffer.alloc(0);
    let before = Promise.resolve();
    const session: SessionState = { tokens: false };
    socket.on('end', () => socket.end());
    socket.on('data', (more) => {
      bytes = Buffer.concat([bytes, more]);
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0)) {
        const message = Buffer.from(bytes.subarray(4, 4 + bytes.readInt32BE(0)));
        bytes = bytes.subarray(4 + message.length);
        before = before.then(() => reply(socket, message, { broker, waiting, session }));
      }
    });
  };
  const { port } = await (tls === null ? startServer(serve) : startTlsServer(tls, serve));
  broker.port = port;
  broker.advertised = port;
  return broker;
}

interface SessionState {
  /** The next message is a token of SASL without a head. */
  tokens: boolean;
}

interface Surroundings {
  broker: KafkaBroker;
  /** Told when something is written. */
  waiting: Set<() => void>;
  session: SessionState;
}

async function reply(socket: Socket, message: Buffer, around: Surroundings): Promise<void> {
  if (around.session.tokens) {
    around.session.tokens = false;
    socket.write(framed(Buffer.alloc(0)));
    return;
  }
  const key = message.readInt16BE(0);
  const version = message.readInt16BE(2);
  const number = message.readInt32BE(4);
  const tree = new Tree();
  const content = message.subarray(8);
  const walker = new Walker(messageFields('request', key, version), tree);
  walker.push(content);
  if (!walker.complete || walker.unread) throw new Error(`request ${String(key)} version ${String(version)}: ${walker.problem}`);
  const members = await answerTo(key, version, plain(tree.root, content) as Members, around);
  if (members !== null) socket.write(answer(key, version, number, members));
}

/** Null where nothing is answered. */
async function answerTo(
  key: number,
  version: number,
  asked: Members,
  { broker, waiting, session }: Surroundings,
): Promise<Members | null> {
  const self = { nodeId: 1, host: broker.host, port: broker.advertised };
  switch (key) {
    case 0: {
      const topics = each(asked, (log, { records }) => ({ baseOffset: write(log, records as Buffer) }), broker);
      for (const wake of waiting) wake();
      return asked['acks'] === 0 ? null : { topics };
    }
    case 1: {
      const fetched = (): Members[] => each(asked, (log, { fetchOffset }) => read(log, Number(fetchOffset)), broker);
      if (!JSON.stringify(fetched()).includes('"hasRecords":true')) await writtenOr(Number(asked['maxWaitMs']), waiting);
      return { topics: fetched() };
    }
    case 2:
      return { topics: each(asked, (log, { timestamp }) => ({ timestamp: -1, offset: timestamp === -2n ? 0 : end(log) }), broker) };
    case 3: {
      const names = (asked['topics'] as { topic: string }[] | null)?.map(({ topic }) => topic) ?? [...broker.logs.keys()];
      const partitions = [{ leader: 1, replicas: [1], inSync: [1] }];
      const topics = names.map((topic) => (broker.logs.has(topic) ? { topic, partitions } : { topic, error: 3 }));
      return { brokers: [self], clusterId: 'test', controllerId: 1, topics };
    }
    case 8:
      return { topics: each(asked, () => ({}), broker) };
    case 9: {
      const topics = asked['topics'] as { topic: string; partitions: number[] }[];
      return {
        topics: topics.map(({ topic, partitions }) => ({
          topic,
          partitions: partitions.map((partition) => ({ partition, offset: -1 })),
        })),
      };
    }
    case 10:
      return self;
    case 11: {
      const joined = { memberId: 'member-1', generation: 1 };
      if (version >= 4 && asked['memberId'] === '') return { ...joined, error: 79, protocol: '' };
      const [protocol] = asked['protocols'] as { name: string; subscription: Buffer }[];
      const { name = '', subscription } = protocol ?? {};
      return { ...joined, protocol: name, leader: 'member-1', members: [{ memberId: 'member-1', subscription }] };
    }
    case 14:
      return { assignment: (asked['assignments'] as { assignment: Buffer }[])[0]?.assignment };
    case 17:
      session.tokens = version === 0;
      return asked['mechanism'] === 'PLAIN' ? { mechanisms: ['PLAIN'] } : { error: 33, mechanisms: ['PLAIN'] };
    case 18: {
      const apis = Object.entries(versions).map(([api, maxVersion]) => ({ api, minVersion: 0, maxVersion }));
      return { apis, supportedFeatures: [{ feature: 'metadata.version', minVersion: 1, maxVersion: 25 }] };
    }
    case 36: {
      const isKnown = String(asked['authBytes']) === '\0ada\0hunter2-secret';
      return isKnown ? {} : { error: 58, errorMessage: 'who are you?' };
    }
    default:
      return {};
  }
}

/** An answer for each partition that is asked for. */
function each(asked: Members, of: (log: Log, partition: Members) => Members, { logs }: KafkaBroker): Members[] {
  return (asked['topics'] as { topic: string; partitions: Members[] }[]).map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((partition) => {
      const log = logs.get(topic);
      const number = { partition: partition['partition'] };
      return log === undefined ? { ...number, error: 3 } : { ...number, ...of(log, partition) };
    }),
  }));
}

function end(log: Log): number {
  const last = log.at(-1);
  return last === undefined ? 0 : last.offset + last.count;
}

function write(log: Log, records: Buffer): number {
  const offset = end(log);
  records.writeBigInt64BE(BigInt(offset), 0);
  log.push({ offset, count: records.readInt32BE(57), bytes: records });
  return offset;
}

function read(log: Log, from: number): Members {
  const found = log.filter(({ offset, count }) => offset + count > from);
  return {
    highWatermark: end(log),
    lastStableOffset: end(log),
    preferredReadReplica: -1,
    records: Buffer.concat(found.map(({ bytes }) => bytes)),
    hasRecords: found.length > 0,
  };
}

function writtenOr(milliseconds: number, waiting: Set<() => void>): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      waiting.delete(done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    waiting.add(done);
  });
}

function plain(value: Value, content: Buffer): unknown {
  if (value instanceof Struct) return Object.fromEntries(value.fields.map(([{ name }, of]) => [name, plain(of, content)]));
  if (Array.isArray(value)) return value.map((one) => plain(one, content));
  if (typeof value === 'object' && value !== null)
    return value.length < 0 ? null : content.subarray(value.at, value.at + value.length);
  return value;
}
