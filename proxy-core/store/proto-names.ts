import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ProtoSchema } from '../rrpair/protos.ts';
import { ProtoNames } from '../wire/grpc/names.ts';

/** Where the names of messages are kept: an index, and a file for each source. */
export interface ProtoPlaces {
  folder: string;
  index: string;
  schema: (id: string) => string;
}

export function protoPlaces(dataDir: string): ProtoPlaces {
  const folder = join(dataDir, 'protos');
  return { folder, index: join(folder, 'index.json'), schema: (id) => join(folder, `${id}.json`) };
}

/** The names that are kept, for whoever reads messages: also those that were added or taken away since. */
export class KeptNames {
  readonly #places: ProtoPlaces;
  #version = '';
  #names: ProtoNames | null = null;

  constructor(dataDir: string) {
    this.#places = protoPlaces(dataDir);
  }

  /** Another one when they have changed; null when there are none. */
  current(): ProtoNames | null {
    const file = statSync(this.#places.index, { throwIfNoEntry: false });
    const version = file === undefined ? '' : [file.ino, file.mtimeMs, file.size].join(' ');
    if (version !== this.#version) {
      this.#version = version;
      this.#names = version === '' ? null : this.#load();
    }
    return this.#names;
  }

  #load(): ProtoNames | null {
    const index = jsonOf(this.#places.index);
    const schemas = (Array.isArray(index) ? index : []).flatMap((source: unknown): ProtoSchema[] => {
      const id = typeof source === 'object' && source !== null && 'id' in source ? source.id : undefined;
      const schema = typeof id === 'string' && /^[0-9a-f]{16}$/.test(id) ? jsonOf(this.#places.schema(id)) : null;
      return isSchema(schema) ? [schema] : [];
    });
    return schemas.length === 0 ? null : new ProtoNames(schemas);
  }
}

/** Null where there is none: messages are then read by numbers. */
function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch {
    return null;
  }
}

/** They are files of our own, written whole. */
function isSchema(value: unknown): value is ProtoSchema {
  if (typeof value !== 'object' || value === null) return false;
  const parts: Partial<Record<string, unknown>> = { ...value };
  return ['messages', 'enums', 'methods'].every((part) => typeof parts[part] === 'object' && parts[part] !== null);
}
