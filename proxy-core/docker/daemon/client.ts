import http from 'node:http';
import https from 'node:https';
import { connect } from 'node:net';
import { createSecureContext } from 'node:tls';
import type Docker from 'dockerode';
import { messageOf, SidetapError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { Endpoint, EndpointTls } from './endpoint.ts';

/** A client of its own connections, which end with it. */
export interface DockerClient {
  docker: Docker;
  close(): void;
}

/** Every option is said, for what is not is read from the environment by the library, with rules of its own. */
type AllOptions = Docker.DockerOptions & { agent: http.Agent; pathPrefix: string };

/** Throws a SidetapError where the endpoint itself cannot be used, and what the system says when nothing listens at the endpoint, if that can be told at once. */
export async function clientOf({ address }: Endpoint): Promise<DockerClient> {
  if ('socketPath' in address) await demandListener(address.socketPath);
  // Only now: it takes a tenth of a second and 20 MB, which an engine on a machine without Docker does not need.
  const { default: Docker } = await import('dockerode');
  if ('socketPath' in address) {
    const agent = new http.Agent({ keepAlive: true });
    const options: AllOptions = { ...NOTHING, socketPath: address.socketPath, protocol: 'http', agent };
    return { docker: new Docker(options), close: () => agent.destroy() };
  }
  const { host, port, tls } = address;
  const agent = tls === null ? new http.Agent({ keepAlive: true }) : securedAgent(tls);
  const protocol = tls === null ? 'http' : 'https';
  const named = host.includes(':') ? `[${host}]` : host;
  const options: AllOptions = { ...NOTHING, host: `${protocol}://${named}`, port, protocol, agent };
  return { docker: new Docker(options), close: () => agent.destroy() };
}

/** Throws a sentence when the files cannot be used. */
function securedAgent({ ca, cert, key, verify }: EndpointTls): https.Agent {
  try {
    return new https.Agent({ keepAlive: true, secureContext: createSecureContext({ ca, cert, key }), rejectUnauthorized: verify });
  } catch (cause) {
    const text = `The certificates for Docker cannot be used (${messageOf(cause)}). DOCKER_CERT_PATH, or the Docker context, must have ca.pem, cert.pem and the key.pem that belongs to it; start Sidetap again when it does.`;
    throw new SidetapError('docker-unavailable', text, { cause });
  }
}

function demandListener(socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path: socketPath, timeout: limits.dockerCallMillis });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => socket.destroy(new Error('it does not answer')));
    socket.once('error', reject);
  });
}

const NOTHING = {
  socketPath: undefined,
  host: undefined,
  port: undefined,
  username: undefined,
  ca: undefined,
  cert: undefined,
  key: undefined,
  timeout: undefined,
  pathPrefix: '/',
};
