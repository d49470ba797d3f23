import { limits } from '../../limits.ts';
import type { ServerPlace } from '../decoder.ts';
import { api, apiName, isSecretive } from './apis.ts';
import type { Secret } from './asked.ts';
import { errorName } from './errors.ts';
import type { Field } from './schema.ts';
import { learnTopic } from './topics.ts';
import type { Visitor, Walker } from './walker.ts';

/** Codes by which the protocol takes its course: nothing is wrong. */
const courses: Readonly<Record<number, number>> = {
  // A client asks in the newest version it knows, and in an older one then.
  [api.apiVersions]: 35,
  // A new member is told its number, and joins with that.
  [api.joinGroup]: 79,
  // Another member has come or gone.
  [api.heartbeat]: 27,
};

/** An answer as far as it is of interest while it passes. */
export class Answered implements Visitor {
  readonly all = false;
  readonly #key: number;
  readonly secrets: Secret[] = [];
  /** Where the walk over it is told to end early. */
  walker: Walker | null = null;
  #error = 0;
  #records = false;
  #topic = '';
  #api = -1;
  fetchSession = 0;
  /** Brokers that clients are to connect to. */
  readonly places: ServerPlace[] = [];
  #host = '';
  /** Highest versions of the APIs that tell servers apart. */
  readonly #versions = new Map<number, number>();

  constructor(key: number) {
    this.#key = key;
  }

  number({ name }: Field, value: number | bigint): void {
    if (name === 'error') this.#failed(Number(value));
    else if (name === 'sessionId') this.fetchSession = Number(value);
    else if (name === 'port') this.#place(Number(value));
    else if (name === 'api') this.#api = Number(value);
    else if (name === 'maxVersion' && (this.#api === api.produce || this.#api === api.fetch)) {
      this.#versions.set(this.#api, Number(value));
    }
  }

  text({ name }: Field, value: string | null): void {
    if (name === 'host') this.#host = value ?? '';
    else if (name === 'topic') this.#topic = value ?? '';
    else if (name === 'topicId' && value !== null) {
      if (value !== '' && this.#topic !== '') learnTopic(value, this.#topic);
      this.#topic = '';
    }
  }

  bytes({ kind }: Field, at: number, length: number): void {
    if (length <= 0) return;
    if (kind === 'secret' || kind === 'proof') this.secrets.push([at, length]);
    else if (kind === 'records') this.#records = true;
  }

  tagged(_field: Field, _number: number, at: number, length: number): void {
    if (isSecretive(this.#key) && length > 0) this.secrets.push([at, length]);
  }

  /** `understood`: all of the answer was read. */
  status(understood: boolean): string {
    if (this.#error !== 0) {
      const name = errorName(this.#error);
      return courses[this.#key] === this.#error ? name : `ERR:${name}`;
    }
    if (!understood) return 'ANSWERED';
    return this.#key === api.fetch && !this.#records ? 'EMPTY' : 'OK';
  }

  /** What was seen of the server; empty when nothing was. */
  get evidence(): string {
    const versions = [...this.#versions].map(([key, version]) => `${apiName(key)} up to version ${String(version)}`);
    return versions.length === 0 ? '' : `the answer to ApiVersions: ${versions.join(', ')}`;
  }

  /** A coordinator that is not known has no host. */
  #place(port: number): void {
    if (this.#host !== '' && port > 0 && this.places.length < limits.readingRows) this.places.push({ host: this.#host, port });
  }

  #failed(code: number): void {
    if (code === 0) return;
    if (this.#error === 0) this.#error = code;
    // A server that does not know the version answers in the first one.
    if (this.#key === api.apiVersions) this.walker?.stop();
  }
}
