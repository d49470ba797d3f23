import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { runContainer, type TestContainer } from '../../test/docker/support/containers.ts';
import type { Dockerd } from '../../test/docker/support/dockerd.ts';
import { importImage } from '../../test/docker/support/images.ts';
import { type DockerState, dockerState } from '../../test/docker/support/state.ts';
import { makeCertificate } from './certificate.ts';

/** A web service and its backend in compose's shape, and a payment service outside of Docker that they call over TLS. */
export interface Shop {
  web: TestContainer;
  backend: TestContainer;
  /** Port of `https://pay.test`, as the containers know it. */
  payPort: number;
  /** Calls the web service over a connection of its own, which calls its backend, and that for `/further` calls the web service's `/end`. Answers what the last one said. */
  order(path: string): Promise<string>;
  /** All that is to be as it was once capture is off. */
  state(): Promise<{ docker: DockerState; rules: string[] }>;
  close(): Promise<void>;
}

const SERVICE = `
const http = require('node:http');
const { NAME, BACKEND } = process.env;
http.createServer((request, response) => {
  const { url } = request;
  const next = url === '/end' ? undefined : BACKEND === undefined && url === '/further' ? 'web:8080/end' : BACKEND && BACKEND + url;
  if (next === undefined) { response.end(NAME + ' ' + url); return; }
  http.get('http://' + next, { agent: false }, (answer) => answer.pipe(response))
    .on('error', (error) => { response.statusCode = 502; response.end(String(error)); });
}).listen(8080, () => console.log('serving'));
`;

const PROJECT = 'shop';

export async function openShop(host: Dockerd): Promise<Shop> {
  const { docker } = host;
  const ends: Array<() => Promise<unknown>> = [];
  const close = async (): Promise<void> => {
    for (const end of ends.toReversed()) await end();
  };
  try {
    const pay = await startPay();
    ends.push(() => pay.close());
    const image = await importImage(host, `sidetap-test/shop-${pay.fingerprint}`, {
      node: true,
      programs: ['curl'],
      // The only CA that its programs know.
      files: { '/service.js': SERVICE, '/etc/ssl/certs/ca-certificates.crt': pay.certificate },
      dockerfile: ['EXPOSE 8080', 'CMD ["node","/service.js"]'],
    });
    const network = await docker.createNetwork({ Name: `${PROJECT}_default` });
    ends.push(() => network.remove());
    const run = async (service: string, env: readonly string[]): Promise<TestContainer> => {
      const container = await runContainer(host, {
        image,
        name: `${PROJECT}-${service}-1`,
        network: `${PROJECT}_default`,
        aliases: [service],
        env: [`NAME=${service}`, ...env],
        labels: { 'com.docker.compose.project': PROJECT, 'com.docker.compose.service': service },
        ports: ['8080'],
        hostConfig: { ExtraHosts: [`pay.test:${host.hostAddress}`] },
      });
      ends.push(() => container.remove());
      await container.waitForOutput('serving');
      return container;
    };
    const backend = await run('backend', []);
    const web = await run('web', ['BACKEND=backend:8080']);
    const port = await web.published(8080);
    return {
      web,
      backend,
      payPort: pay.port,
      order: async (path) => {
        const [answer] = (await once(http.get({ host: '127.0.0.1', port, path, agent: false }), 'response')) as [
          http.IncomingMessage,
        ];
        return text(answer);
      },
      state: async () => ({
        docker: await dockerState(docker),
        rules: await Promise.all([web, backend].map(async ({ id }) => withoutCounts(await host.ruleset(id)))),
      }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Docker's own rules count what passes them. */
function withoutCounts(rules: string): string {
  return rules.replaceAll(/counter packets \d+ bytes \d+/g, 'counter');
}

interface Pay {
  port: number;
  /** Its own CA. */
  certificate: string;
  /** Tells its images apart. */
  fingerprint: string;
  close(): Promise<void>;
}

async function startPay(): Promise<Pay> {
  const { key, certificate } = await makeCertificate('pay.test');
  const server = https.createServer({ key, cert: certificate }, (request, response) => response.end(`paid ${request.url ?? ''}`));
  server.listen(0);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    certificate,
    fingerprint: String((server.address() as AddressInfo).port),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
