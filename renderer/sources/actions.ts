import { create } from 'zustand';
import type { CaptureOptions } from '../../proxy-core/api/contract.ts';
import { sentenceOf } from '../api/client.ts';
import { engine, tellStatus, useEngine } from '../api/engine.ts';
import { usePreferences } from '../app/preferences.ts';
import { announce } from '../design/announce.ts';

export type Source = 'capture' | 'demo';

interface SourcesState {
  busy: '' | Source;
  /** Why the last switch did not do what was asked, as a sentence; null when it did. */
  problem: { of: Source; sentence: string } | null;
}

export const useSources = create<SourcesState>(() => ({ busy: '', problem: null }));

/** A port as typed; undefined for the default, null when it is none. */
export function portOf(text: string): number | undefined | null {
  if (text.trim() === '') return undefined;
  return /^\d{1,5}$/.test(text.trim()) && Number(text) <= 65_535 ? Number(text) : null;
}

function optionsFromPreferences(): CaptureOptions {
  const { app, inPort, outPort, insecureUpstream } = usePreferences.getState();
  const options: CaptureOptions = {};
  if (app.trim() !== '') options.app = app.trim();
  const ports = { inPort: portOf(inPort), outPort: portOf(outPort) };
  if (ports.inPort === null || ports.outPort === null)
    throw new Error('A port is a number from 0 to 65535; empty means the usual one.');
  if (ports.inPort !== undefined) options.inPort = ports.inPort;
  if (ports.outPort !== undefined) options.outPort = ports.outPort;
  if (insecureUpstream) options.insecureUpstream = true;
  return options;
}

/** Capture is on when this resolves, with the panel's options where it was off. Throws what keeps it from starting. */
export async function startIfOff(): Promise<void> {
  const { status } = useEngine.getState();
  if (status === null || status.capture.state !== 'off') return;
  const capture = await engine().capture.start(optionsFromPreferences());
  tellStatus({ ...status, capture });
}

async function during(of: Source, work: () => Promise<string>): Promise<void> {
  useSources.setState({ busy: of, problem: null });
  try {
    announce(await work());
  } catch (error) {
    const sentence = sentenceOf(error);
    useSources.setState({ problem: { of, sentence } });
    announce(sentence);
  } finally {
    useSources.setState({ busy: '' });
  }
}

export function switchCapture(on: boolean): Promise<void> {
  return during('capture', async () => {
    const client = engine();
    const capture = on ? await client.capture.start(optionsFromPreferences()) : await client.capture.stop();
    const { status } = useEngine.getState();
    if (status !== null) tellStatus({ ...status, capture });
    return on ? 'Capture is on' : 'Capture is off';
  });
}

/** `insteadOfCapture`: the demo needs the ports, so the capture of the application ends first. */
export function switchDemo(on: boolean, insteadOfCapture = false): Promise<void> {
  return during('demo', async () => {
    const client = engine();
    if (insteadOfCapture) await client.capture.stop();
    tellStatus(on ? await client.demo.start() : await client.demo.stop());
    return on ? 'The demo shop is running' : 'The demo shop has stopped';
  });
}
