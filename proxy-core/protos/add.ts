import type { ProtoSource, ReflectionTarget } from '../rrpair/protos.ts';
import { gatherProtos } from './gather.ts';
import { keepProtos } from './kept.ts';
import { addressOf, type ReflectionTrust, reflectProtos } from './reflect.ts';

/** Takes names from files and folders; what was taken from the same before is replaced. `title` is what it is called instead of by its paths. Throws `protos-invalid`, `data-dir-unusable`. */
export function addProtoFiles(dataDir: string, paths: readonly string[], title: string): ProtoSource {
  const { declarations, problems } = gatherProtos(paths);
  return keepProtos(dataDir, declarations, { title: title === '' ? paths.join(', ') : title, kind: 'files', problems });
}

/** Asks a server for its names. Throws `protos-invalid`, `upstream-unreachable`, `data-dir-unusable`. */
export async function addReflectedProtos(dataDir: string, target: ReflectionTarget, trust: ReflectionTrust): Promise<ProtoSource> {
  const declarations = await reflectProtos(target, trust);
  return keepProtos(dataDir, declarations, { title: addressOf(target), kind: 'server', problems: [] });
}
