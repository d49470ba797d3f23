import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { createRecorder } from '../../../proxy-core/capture/recorder.ts';
import type { ContainerMode } from '../../../proxy-core/docker/container-mode.ts';
import { type ContainerModeParts, openContainerMode } from '../../../proxy-core/docker/open.ts';
import type { Container } from '../../../proxy-core/rrpair/containers.ts';
import type { PairDetail, PairSummary } from '../../../proxy-core/rrpair/shapes.ts';
import { openStore } from '../../../proxy-core/store/open.ts';
import type { Store } from '../../../proxy-core/store/store.ts';
import { openCertificateAuthority } from '../../../proxy-core/tls/authority.ts';
import type { TestContainer } from '../support/containers.ts';
import type { DockerHost } from '../support/dockerd.ts';
import { importImage } from '../support/images.ts';

/** Container mode with a store of its own, as an engine has it. */
export interface TestMode {
  mode: ContainerMode;
  store: Store;
  dataDir: string;
  notices: string[];
  /** Resolves with what the check answers once that is not null; rejects after 40 s with the state of all containers. */
  until: <T>(check: () => T | null | Promise<T | null>) => Promise<T>;
  /** The container as it is shown. */
  shown: (name: string) => Container | null;
  /** All stored pairs, oldest first, once there are so many. */
  pairs: (count: number) => Promise<PairSummary[]>;
  /** The same, each with all that is known of it. */
  details: (count: number) => Promise<(PairDetail & { flow: string })[]>;
  /** Ends container mode and the store, and removes the data directory. */
  close: () => Promise<void>;
}

const PATIENCE_MILLIS = 40_000;

/** Opens container mode on a daemon that may not be there yet; `parts` replaces some of what it is made of. */
export async function openMode(host: string, parts: Partial<ContainerModeParts> = {}): Promise<TestMode> {
  const dataDir = parts.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'sidetap-mode-')));
  const store = await openStore(dataDir);
  const recorder = createRecorder(store);
  const notices: string[] = [];
  const authority = openCertificateAuthority(dataDir);
  const changes = new Set<() => void>();
  const mode = openContainerMode({
    store,
    recorder,
    authority: () => authority,
    notify: ({ text: said }) => notices.push(said),
    changed: () => {
      for (const wake of changes) wake();
    },
    surroundings: { environment: { DOCKER_HOST: host }, platform: 'linux', home: dataDir },
    ...parts,
    dataDir,
  });
  const until = async <T>(check: () => T | null | Promise<T | null>): Promise<T> => {
    const end = performance.now() + PATIENCE_MILLIS;
    for (;;) {
      const changed = new Promise<void>((resolve) => changes.add(resolve));
      const found = await check();
      if (found !== null) return found;
      if (performance.now() > end) throw new Error(`Waited in vain: ${JSON.stringify([mode.status(), mode.list(), notices])}`);
      // What is stored, or done by Docker alone, rings no bell here.
      await Promise.race([changed, delay(50)]);
      changes.clear();
    }
  };
  const pairs = (count: number): Promise<PairSummary[]> =>
    until(async () => {
      await store.flush();
      const page = await store.list({ filter: '', noise: true, sort: { by: 'time', descending: false } }, 0, 1_000);
      return page.total >= count && page.rows.every(({ state }) => state === 'done') ? page.rows : null;
    });
  let closed = false;
  return {
    mode,
    store,
    dataDir,
    notices,
    until,
    shown: (name) => mode.list().find((container) => container.name === name) ?? null,
    pairs,
    details: async (count) => {
      const found = await pairs(count);
      return Promise.all(
        found.map(async ({ id }) => Object.assign(await store.detail(id), { flow: (await store.record(id)).connection.flow })),
      );
    },
    close: async () => {
      if (closed) return;
      closed = true;
      await mode.close();
      recorder.close();
      await store.close();
      // It may still be writing its files.
      await authority;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A small service: answers `name path`, or what a backend answers when it has one; `/slow` takes two seconds. */
export const SERVICE = `
const http = require('node:http');
const { NAME, BACKEND } = process.env;
http.createServer((request, response) => {
  if (BACKEND === undefined) {
    setTimeout(() => response.end(NAME + ' ' + request.url), request.url === '/slow' ? 2000 : 0);
    return;
  }
  http.get('http://' + BACKEND + request.url, { agent: false }, (answer) => {
    answer.setEncoding('utf8');
    let body = '';
    answer.on('data', (piece) => { body += piece; });
    answer.on('end', () => response.end(NAME + ' > ' + body));
    answer.on('error', (error) => response.destroy(error));
  }).on('error', (error) => { response.statusCode = 502; response.end(String(error)); });
}).listen(8080, '0.0.0.0', () => console.log('serving'));
`;

/** The image of that service, configured by the variables NAME and BACKEND. */
export function serviceImage(host: DockerHost): Promise<string> {
  return importImage(host, 'sidetap-test/mode-service', {
    node: true,
    programs: ['curl'],
    files: { '/service.js': SERVICE },
    dockerfile: ['EXPOSE 8080', 'CMD ["node","/service.js"]'],
  });
}

/** Gets a path from a container over a connection of its own. Rejects when that fails. */
export async function get(container: TestContainer, location: string): Promise<string> {
  const url = `http://${await container.address()}:8080${location}`;
  const [response] = (await once(http.get(url, { agent: false }), 'response')) as [http.IncomingMessage];
  return text(response);
}

/** Agents that Docker has, whatever their state. */
export async function agents({ docker }: DockerHost): Promise<string[]> {
  const found = await docker.listContainers({ all: true, filters: { label: ['sidetap.agent'] } });
  return found.map(({ Id }) => Id);
}
