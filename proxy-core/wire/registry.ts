import { limits } from '../limits.ts';
import { amqp } from './amqp/amqp.ts';
import { dns } from './dns/dns.ts';
import { kafka } from './kafka/kafka.ts';
import { memcached } from './memcached/memcached.ts';
import { mongodb } from './mongodb/mongodb.ts';
import { mqtt } from './mqtt/mqtt.ts';
import { mysql } from './mysql/mysql.ts';
import { nats } from './nats/nats.ts';
import { postgresql } from './postgresql/postgresql.ts';
import type { FirstWords, WireProtocol } from './protocol.ts';
import { redis } from './redis/redis.ts';
import { smtp } from './smtp/smtp.ts';

/**
 * The protocols beside HTTP/1, which is looked for first. Where several say `yes`, and the port decides nothing, the one that stands first is taken: what
 * begins with something unmistakable stands before what is told by its shape.
 */
export const wireProtocols: readonly WireProtocol[] = [
  postgresql,
  mysql,
  nats,
  mqtt,
  amqp,
  mongodb,
  kafka,
  smtp,
  memcached,
  redis,
  dns,
];

/** The protocol of this name; undefined where its bytes are not read here. */
export function wireProtocol(name: string): WireProtocol | undefined {
  return wireProtocols.find((protocol) => protocol.name === name);
}

/** Asks the protocols what a connection speaks, until one knows or none is left. */
export class Detection {
  readonly #port: number;
  #left: readonly WireProtocol[];

  /** `port` is that of the server. */
  constructor(port: number, among: readonly WireProtocol[] = wireProtocols) {
    this.#port = port;
    this.#left = among;
  }

  ask(first: FirstWords): WireProtocol | 'more' | 'none' {
    const sure: WireProtocol[] = [];
    const open: WireProtocol[] = [];
    for (const protocol of this.#left) {
      const verdict = protocol.detect(first);
      if (verdict === 'yes') sure.push(protocol);
      else if (verdict === 'more') open.push(protocol);
    }
    const found = sure.find((protocol) => protocol.ports.includes(this.#port)) ?? sure[0];
    if (found !== undefined) return found;
    this.#left = open;
    const enough = first.client.length >= limits.sniffBytes || first.server.length >= limits.sniffBytes;
    return open.length === 0 || enough ? 'none' : 'more';
  }
}
