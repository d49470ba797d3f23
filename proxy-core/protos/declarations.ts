import protobuf from 'protobufjs/index.js';
import type { ProtoField, ProtoSchema } from '../rrpair/protos.ts';

/** Types that need no declaration (protobuf.dev/programming-guides/proto3#scalar). */
const scalars: ReadonlySet<string> = new Set(
  'double float int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64 bool string bytes'.split(' '),
);

/** A field as its file has it: the type may be named from where it stands. */
interface DeclaredField {
  /** Full name of the message that has it; of an extension as its file names it. */
  message: string;
  extends: boolean;
  scope: string;
  field: ProtoField;
}

/**
 * What files declare. They may be read in any order, and one that others import may be missing: types are looked up when all of them are there. Of what is declared twice, as in copies of the same
 * file, the first holds.
 */
export class Declarations {
  readonly #messages = new Map<string, ProtoField[]>();
  readonly #enums = new Map<string, Record<string, string>>();
  readonly #methods = new Map<string, { scope: string; types: [string, string] }>();
  readonly #fields: DeclaredField[] = [];

  add(root: protobuf.Root): void {
    this.#addAll(root);
  }

  /** Everything, with full names. */
  schema(): ProtoSchema {
    for (const { message, extends: extending, scope, field } of this.#fields) {
      const target = extending ? this.#resolved(message, scope) : message;
      const type = scalars.has(field.type) ? field.type : `.${this.#resolved(field.type, scope)}`;
      this.#messages.get(target)?.push({ ...field, type });
    }
    this.#fields.length = 0;
    const methods = [...this.#methods].map(([name, { scope, types }]): [string, [string, string]] => [
      name,
      [this.#resolved(types[0], scope), this.#resolved(types[1], scope)],
    ]);
    return {
      messages: Object.fromEntries(this.#messages),
      enums: Object.fromEntries(this.#enums),
      methods: Object.fromEntries(methods),
    };
  }

  #addAll(namespace: protobuf.NamespaceBase): void {
    for (const each of namespace.nestedArray) {
      if (each instanceof protobuf.Enum) this.#addEnum(each);
      else if (each instanceof protobuf.Service) this.#addService(each);
      else if (each instanceof protobuf.Field) this.#addField(each, each.extend ?? '', nameOf(each.parent), true);
      else if (each instanceof protobuf.Type) this.#addMessage(each);
      else if (each instanceof protobuf.Namespace) this.#addAll(each);
    }
  }

  #addMessage(type: protobuf.Type): void {
    const name = nameOf(type);
    if (!this.#messages.has(name)) {
      this.#messages.set(name, []);
      for (const field of type.fieldsArray) this.#addField(field, name, name, false);
    }
    this.#addAll(type);
  }

  #addField(field: protobuf.FieldBase, message: string, scope: string, extending: boolean): void {
    const { id: number, name, type, partOf } = field;
    // One of one says nothing; the compiler makes such of fields that are `optional`.
    const oneof = partOf !== null && partOf.oneof.length > 1 ? partOf.name : undefined;
    this.#fields.push({
      message,
      extends: extending,
      scope,
      field: {
        number,
        name: extending ? `[${[scope, name].filter((part) => part !== '').join('.')}]` : name,
        type,
        ...(field.repeated ? { many: true as const } : {}),
        ...(field instanceof protobuf.MapField ? { key: field.keyType } : {}),
        ...(oneof === undefined ? {} : { oneof }),
      },
    });
  }

  #addEnum(declared: protobuf.Enum): void {
    const name = nameOf(declared);
    if (this.#enums.has(name)) return;
    const values: Record<string, string> = {};
    // Of two names for one number the first holds.
    for (const [value, number] of Object.entries(declared.values)) values[String(number)] ??= value;
    this.#enums.set(name, values);
  }

  #addService(service: protobuf.Service): void {
    const name = nameOf(service);
    for (const { name: method, requestType, responseType } of service.methodsArray) {
      const full = `${name}/${method}`;
      if (!this.#methods.has(full)) this.#methods.set(full, { scope: name, types: [requestType, responseType] });
    }
  }

  /** Looked for from the inside out (protobuf.dev/programming-guides/proto3#name-resolution); as it is written where nobody declares it. */
  #resolved(name: string, scope: string): string {
    if (name.startsWith('.')) return name.slice(1);
    for (let within = scope; within !== ''; within = within.slice(0, Math.max(0, within.lastIndexOf('.')))) {
      const full = `${within}.${name}`;
      if (this.#messages.has(full) || this.#enums.has(full)) return full;
    }
    return name;
  }
}

function nameOf(declared: protobuf.ReflectionObject | null): string {
  return declared?.fullName.replace(/^\./, '') ?? '';
}
