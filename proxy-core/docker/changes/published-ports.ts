import { isIP } from 'node:net';
import { SidetapError } from '../../errors.ts';

export type PublishedPorts = {
  readonly exposed: Record<string, Record<string, never>>;
  readonly bindings: Record<string, { HostIp: string; HostPort: string }[]>;
};

/**
 * Reads `[ADDRESS:][HOST:]CONTAINER[/tcp|udp|sctp]`, an IPv6 address in brackets, as `docker run --publish` does, except that without an address the
 * port is published on 127.0.0.1 and not for everybody on the network. Without a host port Docker chooses one. Throws `bad-usage`.
 */
export function publishedPorts(ports: readonly string[]): PublishedPorts {
  const exposed: PublishedPorts['exposed'] = {};
  const bindings: PublishedPorts['bindings'] = {};
  for (const text of ports) {
    const { key, address, host } = parse(text);
    exposed[key] = {};
    bindings[key] ??= [];
    bindings[key].push({ HostIp: address, HostPort: host });
  }
  return { exposed, bindings };
}

function parse(text: string): { key: string; address: string; host: string } {
  const match = /^(?:(?:\[([^\]]+)\]|([^:[\]]+)):(?=\d*:))?(?:(\d*):)?(\d+)(?:\/(tcp|udp|sctp))?$/.exec(text);
  if (match === null) throw bad(text);
  const [, ipv6, other, host = '', container = '', protocol = 'tcp'] = match;
  const address = ipv6 ?? other ?? '127.0.0.1';
  if (isIP(address) === 0) throw bad(text);
  for (const port of [host, container]) {
    if (port !== '' && (Number(port) < 1 || Number(port) > 65_535)) throw bad(text);
  }
  return { key: `${Number(container)}/${protocol}`, address, host };
}

function bad(text: string): SidetapError {
  return new SidetapError('bad-usage', `The port mapping ${text} is not HOST:CONTAINER, such as 8080:80 or 127.0.0.1:8080:80.`);
}
