import { limits } from '../../limits.ts';
import { api, isSecretive } from './apis.ts';
import type { Field } from './schema.ts';
import { TopicList } from './topics.ts';
import type { Visitor } from './walker.ts';

/** A part of the content that is covered: where it begins, and its bytes. */
export type Secret = readonly [at: number, length: number];

/** A request as far as it is of interest while it passes. */
export class Asked implements Visitor {
  readonly all = false;
  readonly #key: number;
  readonly topics = new TopicList();
  readonly forgotten = new TopicList();
  readonly secrets: Secret[] = [];
  /** Texts by the names of their fields: what the list shows, and what there is to be known of the session. */
  readonly #texts = new Map<string, string>();
  /** The names of groups, or of what a coordinator is looked for. */
  readonly #several: string[] = [];
  /** Producers that say 0 get no answer. */
  acks = 1;
  fetchSession = 0;
  fetchEpoch = -1;
  #array = '';
  #everything = false;

  constructor(key: number) {
    this.#key = key;
  }

  number({ name }: Field, value: number | bigint): void {
    if (name === 'acks') this.acks = Number(value);
    else if (name === 'sessionId') this.fetchSession = Number(value);
    else if (name === 'sessionEpoch') this.fetchEpoch = Number(value);
  }

  text({ name }: Field, value: string | null): void {
    if (value === null || value === '') return;
    switch (name) {
      case 'topic':
        this.topics.add(value);
        break;
      case 'topicId':
        this.topics.addId(value);
        break;
      case 'forgottenTopic':
        this.forgotten.add(value);
        break;
      case 'forgottenTopicId':
        this.forgotten.addId(value);
        break;
      case '':
        this.#member(value);
        break;
      default:
        if (shown.has(name) && !this.#texts.has(name)) this.#texts.set(name, value);
    }
  }

  bytes({ kind }: Field, at: number, length: number): void {
    if ((kind === 'secret' || kind === 'proof') && length > 0) this.secrets.push([at, length]);
  }

  /** What nobody knows may be anything. */
  tagged(_field: Field, _number: number, at: number, length: number): void {
    if (isSecretive(this.#key) && length > 0) this.secrets.push([at, length]);
  }

  open({ name }: Field, count: number): void {
    this.#array = name;
    if (this.#key === api.metadata && name === 'topics' && count < 0) this.#everything = true;
  }

  /** Topics; where there are none, what else the request is about. */
  get location(): string {
    if (this.topics.size > 0) return this.topics.text;
    if (this.#everything) return EVERY_TOPIC;
    if (this.#several.length > 0) return this.#several.join(' ').slice(0, limits.summaryChars);
    return [...this.#texts].find(([name]) => abouts.has(name))?.[1] ?? '';
  }

  get mechanism(): string {
    return this.#texts.get('mechanism') ?? '';
  }

  /** What there is to be known of the session. */
  facts(): [name: string, value: string][] {
    const text = (name: string): string => this.#texts.get(name) ?? '';
    return [
      ['Client', text('clientId')],
      ['Software', `${text('softwareName')} ${text('softwareVersion')}`.trim()],
      ['Group', text('group')],
      ['Transactional id', text('transactionalId')],
      ['SASL mechanism', text('mechanism')],
    ];
  }

  /** An element of an array of texts. */
  #member(value: string): void {
    if (this.#array === 'topics') this.topics.add(value);
    else if ((this.#array === 'groups' || this.#array === 'keys') && this.#several.length < limits.readingRows)
      this.#several.push(value);
  }
}

/** Metadata of all topics is asked for. */
const EVERY_TOPIC = '*';

/** Fields that stand for a request without topics, the first that it has. */
const abouts: ReadonlySet<string> = new Set(['group', 'key', 'transactionalId', 'mechanism', 'resource']);

const shown: ReadonlySet<string> = new Set([...abouts, 'clientId', 'softwareName', 'softwareVersion']);
