import { createHash } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { z } from 'zod';
import { SidetapError } from '../errors.ts';
import { readJsonFile, writeJsonFile } from '../keep/json-file.ts';
import { limits } from '../limits.ts';
import { makePrivateFolder } from '../private-folder.ts';
import { type ProtoSource, protoSourceSchema } from '../rrpair/protos.ts';
import { protoPlaces } from '../store/proto-names.ts';
import type { Declarations } from './declarations.ts';

/** Those that were added last come first: of names that contradict each other theirs hold. */
export function listProtos(dataDir: string): ProtoSource[] {
  return readJsonFile(protoPlaces(dataDir).index, z.array(protoSourceSchema), [], { setAside: false }).value;
}

/** By its id or its title. Throws `protos-not-found`. */
export function removeProtos(dataDir: string, reference: string): ProtoSource {
  const { index, schema } = protoPlaces(dataDir);
  const sources = listProtos(dataDir);
  const source = sources.find(({ id, title }) => id === reference || title === reference);
  if (source === undefined) {
    throw new SidetapError(
      'protos-not-found',
      `No names came from “${reference}”. \`sidetap proto list\` shows where names came from.`,
    );
  }
  writeJsonFile(
    index,
    sources.filter(({ id }) => id !== source.id),
  );
  rmSync(schema(source.id), { force: true });
  return source;
}

/** Keeps what was declared; what came from the same before is replaced. Throws `protos-invalid`, `data-dir-unusable`. */
export function keepProtos(
  dataDir: string,
  declarations: Declarations,
  { title: given, kind, problems }: Pick<ProtoSource, 'title' | 'kind' | 'problems'>,
): ProtoSource {
  const { folder, index, schema: placeOf } = protoPlaces(dataDir);
  const title = cut(given, 300);
  const schema = declarations.schema();
  const methods = Object.keys(schema.methods);
  const messages = Object.keys(schema.messages).length;
  if (messages === 0)
    throw new SidetapError('protos-invalid', `${title} declares no message. ${problems[0] ?? 'Name the files that do.'}`);
  const others = listProtos(dataDir).filter((source) => source.kind !== kind || source.title !== title);
  const bytes = Buffer.byteLength(JSON.stringify(schema));
  const kept = others.reduce((sum, { id }) => sum + (statSync(placeOf(id), { throwIfNoEntry: false })?.size ?? 0), 0);
  if (bytes + kept > limits.protoNamesBytes || others.length >= limits.protoSources) {
    throw new SidetapError(
      'protos-invalid',
      'There is no room for more names. Take some away first (`sidetap proto list`, `sidetap proto remove`).',
    );
  }
  const source: ProtoSource = {
    id: createHash('sha256').update(`${kind} ${title}`).digest('hex').slice(0, 16),
    title,
    kind,
    addedAt: new Date().toISOString(),
    services: listed([...new Set(methods.map((method) => method.slice(0, method.lastIndexOf('/'))))], 500),
    methods: methods.length,
    messages,
    problems: listed(problems, 600),
    problemCount: problems.length,
  };
  makePrivateFolder(folder);
  writeJsonFile(placeOf(source.id), schema, { compact: true });
  writeJsonFile(index, [source, ...others]);
  return source;
}

function listed(texts: readonly string[], most: number): string[] {
  return texts.slice(0, limits.protoListed).map((text) => cut(text, most));
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
