import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { limits } from '../limits.ts';
import { failedSql } from '../rrpair/location.ts';
import type { ConnectionInfo } from '../rrpair/pair.ts';
import type { ServiceMap } from '../rrpair/service-map.ts';
import type { PairQuery } from '../rrpair/shapes.ts';
import { asBuffer } from './bytes.ts';
import { MapBuilder, type MapConnection } from './map-builder.ts';
import { splitTechnologies } from './row.ts';
import type { Searches } from './searches.ts';

/** Replays are Sidetap's own calls: they are on nobody's map. */
const REPLAYS = 'replay';

const empty = '{}';

/** Draws the service map of what a query finds: the newest pairs, in slices, so that other requests pass. */
export class ServiceMaps {
  readonly #searches: Searches;
  readonly #alike: StatementSync;
  readonly #connection: StatementSync;
  readonly #otherEnd: StatementSync;

  constructor(database: DatabaseSync, searches: Searches) {
    this.#searches = searches;
    // What a connection's pairs have in common is SQLite's to say: they share direction, source and protocol.
    this.#alike = database.prepare(
      `SELECT connection, outbound, source, protocol, host, technologies, count(*) AS pairs, sum(${failedSql}) AS failed,
        json_group_array(latency) FILTER (WHERE latency IS NOT NULL) AS latencies
        FROM pair WHERE id IN (SELECT value FROM json_each(?)) GROUP BY connection, host, technologies`,
    );
    this.#connection = database.prepare('SELECT info, flow FROM connection WHERE id = ?');
    this.#otherEnd = database.prepare('SELECT info FROM connection WHERE flow = ? AND id <> ? LIMIT 4');
  }

  async of(query: PairQuery): Promise<ServiceMap> {
    const { ids, total, complete } = await this.#searches.newest(query, limits.mapPairs);
    const builder = new MapBuilder(limits.mapNodes);
    const connections = new Map<number, MapConnection>();
    const technologies = new Map<string, readonly string[]>();
    for (let at = 0; at < ids.length; at += limits.mapStepPairs) {
      for (const row of this.#alike.iterate(JSON.stringify(ids.slice(at, at + limits.mapStepPairs)))) {
        const source = String(row['source']);
        if (source === REPLAYS) continue;
        const number = Number(row['connection']);
        let connection = connections.get(number);
        if (connection === undefined) {
          connection = this.#read(number);
          connections.set(number, connection);
        }
        const joined = String(row['technologies']);
        let names = technologies.get(joined);
        if (names === undefined) {
          names = splitTechnologies(joined);
          technologies.set(joined, names);
        }
        const pairs = {
          count: Number(row['pairs']),
          failed: Number(row['failed']),
          latencies: JSON.parse(String(row['latencies'])) as number[],
          outbound: row['outbound'] === 1,
          source,
          protocol: String(row['protocol']),
          host: String(row['host']),
          technologies: names,
        };
        builder.add(pairs, connection);
      }
      await othersTurn();
    }
    return { nodes: builder.nodes(), edges: builder.edges(), counted: ids.length, total, left: builder.left, complete };
  }

  #read(id: number): MapConnection {
    const row = this.#connection.get(id);
    const info = infoOf(row?.['info']);
    const { flow } = row ?? {};
    const other = typeof flow === 'string' ? this.#otherEnd.all(flow, id).map((each) => infoOf(each['info'])) : [];
    const source = other.find(({ direction }) => direction !== info.direction)?.source;
    const tls = info.direction === 'out' ? info.upstreamTls : info.clientTls;
    return {
      clientName: typeof info.clientName === 'string' ? info.clientName : '',
      tls: tls !== null && tls !== undefined,
      otherEnd: typeof source === 'string' ? source : null,
    };
  }
}

/** That of a file may lack anything. */
function infoOf(bytes: unknown): Partial<ConnectionInfo> {
  const text = bytes instanceof Uint8Array ? asBuffer(bytes).toString() : empty;
  return JSON.parse(text) as Partial<ConnectionInfo>;
}
