import { create } from 'zustand';
import type { CaptureOptions } from '../../proxy-core/api/contract.ts';
import { sentenceOf } from '../api/client.ts';
import { engine, tellStatus, useEngine } from '../api/engine.ts';
import { usePreferences } from '../app/preferences.ts';
import { announce } from '../design/announce.ts';

interface SourcesState {
  busy: '' | 'capture' | 'demo';
  /** Why the last switch did not do what was asked, as a sentence. */
  problem: string;
}

export const useSources = create<SourcesState>(() => ({ busy: '', problem: '' }));

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

async function during(busy: 'capture' | 'demo', work: () => Promise<string>): Promise<void> {
  useSources.setState({ busy, problem: '' });
  try {
    announce(await work());
  } catch (error) {
    const problem = sentenceOf(error);
    useSources.setState({ problem });
    announce(problem);
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

export function switchDemo(on: boolean): Promise<void> {
  return during('demo', async () => {
    const client = engine();
    tellStatus(on ? await client.demo.start() : await client.demo.stop());
    return on ? 'The demo shop is running' : 'The demo shop has stopped';
  });
}
