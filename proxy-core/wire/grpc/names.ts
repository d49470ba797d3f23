import type { ProtoField, ProtoSchema } from '../../rrpair/protos.ts';
import { rpcMessages } from './rpc-messages.ts';
import { wellKnownMessages } from './well-known.ts';

/** A message whose fields have names. */
export interface MessageType {
  /** Full. */
  name: string;
  fields: ReadonlyMap<number, ProtoField>;
}

/** Names from one or several sources; of those that say the same differently, the first holds. */
export class ProtoNames {
  readonly #schemas: readonly ProtoSchema[];
  readonly #messages = new Map<string, MessageType | null>();

  constructor(schemas: readonly ProtoSchema[]) {
    // Some libraries tell of these by names of their own.
    const known = { messages: wellKnownMessages, enums: {}, methods: {} };
    this.#schemas = [known, ...schemas, { messages: rpcMessages, enums: {}, methods: {} }];
  }

  /** What a method takes and answers, by the path of a call; whatever stands before service and method is passed over. Null when nothing is known of it. */
  method(path: string): { request: MessageType | null; response: MessageType | null } | null {
    const called = /([^/?#]+\/[^/?#]+)(?:[?#].*)?$/.exec(path)?.[1] ?? '';
    const types = this.#find(({ methods }) => own(methods, called));
    return types === undefined ? null : { request: this.message(types[0]), response: this.message(types[1]) };
  }

  /** By its full name; null when nobody tells of it. */
  message(name: string): MessageType | null {
    const known = this.#messages.get(name);
    if (known !== undefined) return known;
    const fields = this.#find(({ messages }) => own(messages, name));
    const type = fields === undefined ? null : { name, fields: new Map(fields.map((field) => [field.number, field])) };
    this.#messages.set(name, type);
    return type;
  }

  /** The names of an enum by number; undefined where it is none. */
  enumOf(name: string): Readonly<Record<string, string>> | undefined {
    return this.#find(({ enums }) => own(enums, name));
  }

  #find<T>(look: (schema: ProtoSchema) => T | undefined): T | undefined {
    for (const schema of this.#schemas) {
      const found = look(schema);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** Names are a stranger's: `constructor` is one like any other. */
function own<T>(of: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}
