import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCapture } from '../../proxy-core/capture/capture.ts';
import { createRecorder } from '../../proxy-core/capture/recorder.ts';
import { openCertificateAuthority } from '../../proxy-core/tls/authority.ts';

/** Run as a process of its own by `memory.test.ts`: a capture of the application on the port it is given, without a store. */

export interface Started {
  inPort: number;
  outPort: number;
}

export interface Report {
  /** Bytes, after a collection of garbage. */
  rss: number;
  connections: number;
  pairs: number;
}

const path = mkdtempSync(join(tmpdir(), 'sidetap-capture-'));
process.once('exit', () => rmSync(path, { recursive: true, force: true }));
process.once('SIGTERM', () => process.exit());
process.once('disconnect', () => process.exit());

const recorder = createRecorder({ nextPairId: 1, pendingBytes: 0, spareMemory: () => undefined, write: () => {} });
const capture = await startCapture(
  {
    app: { tls: false, host: '127.0.0.1', port: Number(process.argv[2]) },
    inPort: 0,
    outPort: 0,
    bind: '127.0.0.1',
    insecureUpstream: false,
  },
  { authority: await openCertificateAuthority(path), recorder, notify: () => {} },
);

process.on('message', () => {
  global.gc?.();
  const report: Report = {
    rss: process.memoryUsage.rss(),
    connections: capture.connections(),
    pairs: recorder.stats().pairsIn,
  };
  process.send?.(report);
});
process.send?.({ inPort: capture.inbound?.port ?? 0, outPort: capture.outbound.port } satisfies Started);
