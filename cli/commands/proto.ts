import path from 'node:path';
import { SidetapError } from '../../proxy-core/errors.ts';
import type { ProtoSource, ReflectionTarget } from '../../proxy-core/rrpair/protos.ts';
import { exitCodes, print, remark } from '../output.ts';
import { withPairs } from '../reach.ts';
import { count, printable, styled } from '../text.ts';

interface Common {
  json?: boolean;
  dataDir?: string;
}

export async function addProtos(
  paths: readonly string[],
  options: Common & { reflect?: string; tls?: boolean; name?: string },
): Promise<number> {
  const { reflect, tls = false, name: title } = options;
  if ((reflect === undefined) === (paths.length === 0)) {
    throw new SidetapError('bad-usage', 'Name files and folders, or with --reflect a server to ask; not both.');
  }
  const target = reflect === undefined ? null : targetOf(reflect, tls);
  return withPairs({ dataDir: options.dataDir, access: 'read' }, async ({ protos }) => {
    const source =
      target === null ? await protos.add({ paths: paths.map((each) => path.resolve(each)), title }) : await protos.reflect(target);
    if (options.json === true) await print(`${JSON.stringify(source)}\n`);
    else sayAdded(source);
    return source.problemCount === 0 ? exitCodes.done : exitCodes.failed;
  });
}

/** `host:port`, or `[::1]:port`. */
function targetOf(text: string, tls: boolean): ReflectionTarget {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:/\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const host = bracketed ?? plain;
  if (host === undefined || !(port >= 1 && port <= 65_535)) {
    throw new SidetapError('bad-usage', `“${text}” is no address of a server. Write it as HOST:PORT, such as localhost:50051.`);
  }
  return { host, port, tls };
}

function sayAdded({ title, methods, messages, problems, problemCount }: ProtoSource): void {
  for (const problem of problems) remark(printable(`sidetap: ${problem}`));
  if (problemCount > problems.length) remark(`sidetap: … and ${count(problemCount - problems.length, 'more problem')}.`);
  const broken = problemCount === 0 ? '' : `; ${count(problemCount, 'file')} could not be read`;
  remark(printable(`sidetap: ${title} names ${count(messages, 'message')} and ${count(methods, 'method')}${broken}.`));
}

export async function showProtos(options: Common): Promise<number> {
  return withPairs({ dataDir: options.dataDir, access: 'read' }, async ({ protos }) => {
    const sources = await protos.list();
    for (const source of sources) {
      if (options.json === true) {
        await print(`${JSON.stringify(source)}\n`);
        continue;
      }
      const { id, title, kind, services, methods, messages } = source;
      await print(
        `${styled('bold', id)}  ${printable(title)}${kind === 'server' ? ' (asked)' : ''}: ${count(messages, 'message')}, ${count(methods, 'method')}\n`,
      );
      if (services.length > 0) await print(`${styled('dim', `  ${printable(services.join(', '))}`)}\n`);
    }
    if (sources.length === 0) remark('sidetap: There are no names. `sidetap proto add FOLDER` takes some from .proto files.');
    return exitCodes.done;
  });
}

export async function removeProtoSource(source: string, options: Common): Promise<number> {
  return withPairs({ dataDir: options.dataDir, access: 'read' }, async ({ protos }) => {
    const { title } = await protos.remove({ source });
    remark(printable(`sidetap: The names of ${title} are forgotten.`));
    return exitCodes.done;
  });
}
