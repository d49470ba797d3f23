import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { messageOf, SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import { Declarations } from './declarations.ts';
import { ProtoProblem, parseDescriptorSet, parseProto } from './parse.ts';

interface Found {
  file: string;
  /** What it is called in problems: within the folder that was named. */
  called: string;
}

/** What came of reading files. */
export interface Gathered {
  declarations: Declarations;
  /** Files that were read. */
  files: number;
  problems: string[];
}

/**
 * Reads files, and folders with all `.proto` files within. What ends in `.proto` is text, all else that is named by itself a descriptor set. What cannot be read is told, and the others are taken; throws
 * `protos-invalid` when there is none.
 */
export function gatherProtos(paths: readonly string[]): Gathered {
  const found: Found[] = [];
  for (const named of paths) collect(named, path.basename(named), found);
  if (found.length === 0) {
    throw new SidetapError(
      'protos-invalid',
      `There is no .proto file in ${paths.join(', ')}. Name a folder that has some, or a descriptor set.`,
    );
  }
  const gathered: Gathered = { declarations: new Declarations(), files: 0, problems: [] };
  let bytes = 0;
  for (const { file, called } of found) {
    try {
      const facts = statSync(file);
      // Others may have no end.
      if (!facts.isFile()) throw new ProtoProblem(`${called} is no file`);
      bytes += facts.size;
      if (bytes > limits.protoFileBytes) throw tooMuch(`${String(limits.protoFileBytes / 1024 ** 2)} MiB`);
      const root = /\.proto$/i.test(file)
        ? parseProto(readFileSync(file, 'utf8'), called)
        : parseDescriptorSet(readFileSync(file), called);
      gathered.declarations.add(root);
      gathered.files += 1;
    } catch (error) {
      if (error instanceof SidetapError) throw error;
      gathered.problems.push(
        error instanceof ProtoProblem ? `${error.message}.` : `${called} cannot be read (${messageOf(error)}).`,
      );
    }
  }
  if (gathered.files === 0) throw new SidetapError('protos-invalid', gathered.problems[0] ?? 'Nothing could be read.');
  return gathered;
}

function collect(place: string, called: string, found: Found[]): void {
  let folder: boolean;
  try {
    folder = statSync(place).isDirectory();
  } catch (error) {
    throw new SidetapError('protos-invalid', `${place} cannot be read (${messageOf(error)}).`, { cause: error });
  }
  if (!folder) found.push({ file: place, called });
  else walk(place, '', found);
}

function walk(root: string, within: string, found: Found[]): void {
  for (const entry of readdirSync(path.join(root, within), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const called = path.join(within, entry.name);
    // A link may lead anywhere, also back.
    if (lstatSync(path.join(root, called), { throwIfNoEntry: false })?.isSymbolicLink() === true) continue;
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && !entry.name.startsWith('.')) walk(root, called, found);
    } else if (/\.proto$/i.test(entry.name)) {
      found.push({ file: path.join(root, called), called });
      if (found.length > limits.protoFiles) throw tooMuch(`${limits.protoFiles.toLocaleString('en-US')} files`);
    }
  }
}

function tooMuch(most: string): SidetapError {
  return new SidetapError('protos-invalid', `There are more than ${most} of names in it. Name the folder of the service itself.`);
}
