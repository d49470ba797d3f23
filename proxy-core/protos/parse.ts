// Teaches `Root` to read descriptors.
import 'protobufjs/ext/descriptor.js';
import protobuf from 'protobufjs/index.js';
import { messageOf } from '../errors.ts';

/** What is wrong with a file, with its name and where that is known the line, without a full stop. */
export class ProtoProblem extends Error {}

/** A `.proto` file. `file` is what it is called in problems. Throws `ProtoProblem`. */
export function parseProto(text: string, file: string): protobuf.Root {
  const root = new protobuf.Root();
  try {
    protobuf.parse(text.replace(/^\uFEFF/, ''), root, { keepCase: true });
    return root;
  } catch (error) {
    throw problemIn(file, messageOf(error));
  }
}

/** `illegal token '}' (line 3)` with the file in front. */
function problemIn(file: string, message: string): ProtoProblem {
  const line = / \(line (\d+)\)$/.exec(message)?.[1];
  const what = message.replace(/ \(line \d+\)$/, '').slice(0, 300);
  return new ProtoProblem(`${file}${line === undefined ? '' : `, line ${line}`}: ${what}`);
}

/** A descriptor set, as `protoc --descriptor_set_out` and `buf build` write it. Throws `ProtoProblem`. */
export function parseDescriptorSet(bytes: Uint8Array, file: string): protobuf.Root {
  try {
    const root = protobuf.Root.fromDescriptor(bytes, { keepCase: true });
    if (root.nestedArray.length === 0) throw new Error('nothing is declared in it');
    return root;
  } catch (error) {
    throw new ProtoProblem(
      `${file} is no descriptor set, as \`protoc --include_imports --descriptor_set_out=FILE\` writes it (${messageOf(error).slice(0, 300)})`,
    );
  }
}
