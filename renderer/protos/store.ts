import { create } from 'zustand';
import type { ProtoSource, ReflectionTarget } from '../../proxy-core/rrpair/protos.ts';
import { isLost, sentenceOf } from '../api/client.ts';
import { engine } from '../api/engine.ts';
import { uploadFile } from '../api/upload.ts';
import { announce } from '../design/announce.ts';
import { plural } from '../design/format.ts';

interface ProtosState {
  /** Where names of gRPC messages came from; null until the engine has told. */
  sources: readonly ProtoSource[] | null;
  /** Why that is not known, as a sentence; empty when it is. */
  problem: string;
  /** Names are being added. */
  busy: boolean;
  /** Grows with every change: messages are read anew. */
  version: number;
}

export const useProtos = create<ProtosState>(() => ({ sources: null, problem: '', busy: false, version: 0 }));

/** What went wrong stands where it was asked for, so it is answered: as a sentence, empty when it is done. */
type Done = Promise<string>;

export async function loadProtos(): Promise<void> {
  try {
    useProtos.setState({ sources: await engine().protos.list(), problem: '' });
  } catch (error) {
    if (!isLost(error)) useProtos.setState({ problem: sentenceOf(error) });
  }
}

/** Files and folders of the engine's machine; or files of which the browser does not tell where they are, whose content is sent. */
export function addProtos(paths: readonly string[], files: readonly File[]): Done {
  return change(async () => {
    const uploads: string[] = [];
    for (const file of files) uploads.push(await uploadFile(file, new AbortController().signal, () => {}));
    const title = [...paths, ...files.map(({ name }) => name)].join(', ').slice(0, 300);
    return said(await engine().protos.add({ paths: [...paths], uploads, title }));
  });
}

/** Asks a server for its names; only ever because the user says so. */
export function reflectProtos(target: ReflectionTarget): Done {
  return change(async () => said(await engine().protos.reflect(target)));
}

export function removeProtos(source: string): Done {
  return change(async () => {
    await engine().protos.remove({ source });
    return 'Removed';
  });
}

/** What could not be read stays to be seen in the list. */
function said({ messages, methods }: ProtoSource): string {
  return `Added names of ${plural(messages, 'message')} and ${plural(methods, 'method')}`;
}

async function change(make: () => Promise<string>): Done {
  useProtos.setState({ busy: true });
  try {
    announce(await make());
  } catch (error) {
    useProtos.setState({ busy: false });
    return sentenceOf(error);
  }
  useProtos.setState(({ version }) => ({ busy: false, version: version + 1 }));
  await loadProtos();
  return '';
}
