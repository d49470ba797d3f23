import { create } from 'zustand';
import type { Container } from '../../proxy-core/rrpair/containers.ts';
import { shortNames } from './names.ts';

export interface ContainersState {
  /** Null until the engine has told them for the first time. */
  list: readonly Container[] | null;
  /** What they are called in the list of pairs, by name. */
  shortNames: ReadonlyMap<string, string>;
  /** What was asked of a container's switch and is not settled, by the container's name. */
  wanted: ReadonlyMap<string, boolean>;
  /** Why the last thing that was asked did not work, by the container's name. */
  problems: ReadonlyMap<string, string>;
  /** The same for what was asked about TLS: it stands in the dialog, not beside the switch. */
  tlsProblems: ReadonlyMap<string, string>;
  /** The dialog that is open, and the container that it is about. Names outlive ids: a twin has another id. */
  dialog: { kind: 'tls' | 'key'; name: string } | null;
}

export const useContainers = create<ContainersState>(() => ({
  list: null,
  shortNames: new Map(),
  wanted: new Map(),
  problems: new Map(),
  tlsProblems: new Map(),
  dialog: null,
}));

export function tellContainers(list: readonly Container[]): void {
  useContainers.setState({ list, shortNames: shortNames(list) });
}

/** What an operation answered with is newer than the list. */
export function tellContainer(container: Container): void {
  const { list } = useContainers.getState();
  if (list === null) return;
  const known = list.some(({ name }) => name === container.name);
  tellContainers(known ? list.map((entry) => (entry.name === container.name ? container : entry)) : [...list, container]);
}

export function containerNamed(name: string): Container | undefined {
  return useContainers.getState().list?.find((container) => container.name === name);
}

function changed<Value>(map: ReadonlyMap<string, Value>, names: readonly string[], value: Value | undefined): Map<string, Value> {
  const next = new Map(map);
  for (const name of names) {
    if (value === undefined) next.delete(name);
    else next.set(name, value);
  }
  return next;
}

/** Undefined: nothing is asked for any more. */
export function want(names: readonly string[], on: boolean | undefined): void {
  useContainers.setState(({ wanted }) => ({ wanted: changed(wanted, names, on) }));
}

export function setProblem(names: readonly string[], sentence: string | undefined): void {
  useContainers.setState(({ problems }) => ({ problems: changed(problems, names, sentence) }));
}

export function setTlsProblem(name: string, sentence: string | undefined): void {
  useContainers.setState(({ tlsProblems }) => ({ tlsProblems: changed(tlsProblems, [name], sentence) }));
}

export function showDialog(kind: 'tls' | 'key', name: string): void {
  // What went wrong the last time is told by the engine where it still matters.
  setTlsProblem(name, undefined);
  useContainers.setState({ dialog: { kind, name } });
}

export function closeDialog(): void {
  useContainers.setState({ dialog: null });
}
