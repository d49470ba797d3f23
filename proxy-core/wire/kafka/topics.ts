import { limits } from '../../limits.ts';
import { Named } from '../named.ts';

/**
 * Names of topics by their identities, as brokers have told them. From Fetch 13 on clients name topics by these alone, and ask for the names on another connection: so all
 * connections share what is known. No two clusters give the same identity: it is random.
 */
const names = new Named<string>();

/** Characters of a topic’s name; brokers take no more. */
const TOPIC_CHARS = 249;

/** A broker has told what the topic is called. */
export function learnTopic(id: string, name: string): void {
  names.set(id, name.slice(0, TOPIC_CHARS));
}

/** The topics of a request, each once, as far as they fit in what is shown. */
export class TopicList {
  readonly #topics = new Set<string>();
  /** Identities that were told instead of names, with the name where that is known. */
  readonly ids = new Map<string, string>();
  #chars = 0;

  get size(): number {
    return this.#topics.size;
  }

  get text(): string {
    return [...this.#topics].join(' ').slice(0, limits.summaryChars);
  }

  add(topic: string): void {
    if (this.#chars >= limits.summaryChars || this.#topics.has(topic)) return;
    this.#chars += topic.length + 1;
    this.#topics.add(topic);
  }

  addId(id: string): void {
    const name = names.get(id);
    if (name !== undefined && this.ids.size < limits.readingRows) this.ids.set(id, name);
    this.add(name ?? id);
  }

  /** Adds those of another list. */
  addAll(other: TopicList): void {
    for (const topic of other.#topics) this.add(topic);
    for (const [id, name] of other.ids) this.ids.set(id, name);
  }

  remove(other: TopicList): void {
    for (const topic of other.#topics) {
      if (this.#topics.delete(topic)) this.#chars -= topic.length + 1;
    }
  }
}
