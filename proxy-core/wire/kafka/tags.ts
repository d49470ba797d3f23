import type { Field } from './schema.ts';
import { isPlace, Struct, Tree, type Value } from './tree.ts';
import { Walker } from './walker.ts';

/** Puts what known tagged fields say in the place of their bytes, in all of a message. What is not what it should be stays bytes. */
export function openTags(root: Struct, content: Buffer): void {
  root.fields = root.fields.flatMap(([field, value]): Struct['fields'] => {
    if (field.tag >= 0 && field.kind !== 'tags' && isPlace(value)) {
      return opened(field, content.subarray(0, value.at + value.length), value.at) ?? [[{ ...field, kind: 'tags' }, value]];
    }
    for (const struct of structsIn(value)) openTags(struct, content);
    return [[field, value]];
  });
}

/** Null where the bytes are not that field and nothing else. */
function opened(field: Field, content: Buffer, at: number): Struct['fields'] | null {
  const tree = new Tree();
  const walker = new Walker([field], tree, at);
  walker.push(content.subarray(at));
  if (!walker.complete) return null;
  openTags(tree.root, content);
  return tree.root.fields;
}

export function structsIn(value: Value): Struct[] {
  return Array.isArray(value) ? value.filter((each) => each instanceof Struct) : [];
}
