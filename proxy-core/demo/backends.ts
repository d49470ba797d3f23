import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { products } from './goods.ts';
import type { DemoBackends } from './messages.ts';
import { PostgresClient, type SqlRow } from './postgres-client.ts';
import { RedisClient } from './redis-client.ts';

/** Connections that the shop keeps to its database. */
const POOLED = 2;
/** Pause between two looks whether a server listens, ms, and how many there are: PostgreSQL makes its files first. */
const LOOK_MILLIS = 200;
const LOOKS = 150;

const reviews = ['Lovely.', 'Arrived broken.', 'My aunt adores it.', 'Too small for me.', 'Would buy again.'];
const people = ['Ann', 'Bob', 'Carla', 'Dai', 'Zoë'];

const schema = [
  'CREATE TABLE product (sku text PRIMARY KEY, name text NOT NULL, cents int NOT NULL)',
  'CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL)',
  'CREATE TABLE review (id int PRIMARY KEY, sku text NOT NULL, customer_id int NOT NULL, body text NOT NULL)',
  'CREATE TABLE orders (id serial PRIMARY KEY, sku text NOT NULL, quantity int NOT NULL, payment text, made_at timestamptz DEFAULT now())',
];

/** The shop's database and cache; both may be absent, and then every answer is null. */
export class Backends {
  readonly #connect: (port: number) => Promise<net.Socket>;
  readonly #idle: PostgresClient[] = [];
  readonly #waiting: ((client: PostgresClient) => void)[] = [];
  #open = 0;
  #database: number | null = null;
  #cache: { port: number; client: RedisClient | null } | null = null;

  /** `connect` reaches a port the way in which the shop reaches everything. */
  constructor(connect: (port: number) => Promise<net.Socket>) {
    this.#connect = connect;
  }

  /** Uses them as soon as they listen. */
  use(services: DemoBackends['services']): void {
    for (const { kind, port } of services) {
      if (kind === 'redis') this.#cache = { port, client: null };
      else void this.#whenListening(() => this.#prepare(port));
    }
  }

  /** Commands of the cache, in turn; null without a cache, as for a key that it does not have. */
  async cache(...words: readonly (string | number)[]): Promise<string | null> {
    const cache = this.#cache;
    if (cache === null) return null;
    try {
      cache.client ??= new RedisClient(await this.#connect(cache.port));
      return await cache.client.command(...words);
    } catch {
      // A cache that is gone is a miss; the next command tries again.
      cache.client?.close();
      cache.client = null;
      return null;
    }
  }

  /** Statements on one connection of the pool, one after the other; null without a database. */
  async session<T>(use: (query: PostgresClient['query']) => Promise<T>): Promise<T | null> {
    if (this.#database === null) return null;
    const client = await this.#take(this.#database);
    try {
      const result = await use((sql, params) => client.query(sql, params));
      this.#give(client);
      return result;
    } catch (error) {
      // Whatever state it is in: the next one begins with a new connection.
      client.close();
      this.#open -= 1;
      throw error;
    }
  }

  /** One statement; null without a database. */
  query(sql: string, params: readonly (string | number)[] = []): Promise<SqlRow[] | null> {
    return this.session((query) => query(sql, params));
  }

  async #take(port: number): Promise<PostgresClient> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#open >= POOLED) {
      return new Promise((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    this.#open += 1;
    try {
      return await PostgresClient.open(await this.#connect(port), 'shop');
    } catch (error) {
      this.#open -= 1;
      throw error;
    }
  }

  #give(client: PostgresClient): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#idle.push(client);
    else waiting(client);
  }

  async #whenListening(then: () => unknown): Promise<void> {
    for (let left = LOOKS; left > 0; left -= 1) {
      try {
        await then();
        return;
      } catch {
        // Not yet.
        await delay(LOOK_MILLIS);
      }
    }
  }

  /** Makes the tables on a connection of its own that nobody captures: they are not what the shop does all day. */
  async #prepare(port: number): Promise<void> {
    const client = await PostgresClient.open(net.connect(port, '127.0.0.1'), 'shop');
    try {
      for (const statement of schema) await client.query(statement);
      for (const { sku, name, cents } of products)
        await client.query('INSERT INTO product VALUES ($1, $2, $3)', [sku, name, cents]);
      for (const [id, name] of people.entries()) await client.query('INSERT INTO customer VALUES ($1, $2)', [id + 1, name]);
      let id = 0;
      for (const [index, { sku }] of products.entries()) {
        for (let n = 0; n <= index % 5; n += 1) {
          id += 1;
          const body = reviews[(index + n) % reviews.length] ?? '';
          await client.query('INSERT INTO review VALUES ($1, $2, $3, $4)', [id, sku, ((index + n) % people.length) + 1, body]);
        }
      }
    } finally {
      client.close();
    }
    this.#database = port;
  }
}
