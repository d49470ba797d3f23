import type { ContainerMode } from '../../proxy-core/docker/container-mode.ts';
import { SidetapError } from '../../proxy-core/errors.ts';
import type { Container, DockerStatus, RunImage } from '../../proxy-core/rrpair/containers.ts';

export function sampleContainer(name: string, rest: Partial<Container> = {}): Container {
  return {
    id: `${Buffer.from(name).toString('hex')}0123456789abcdef`,
    name,
    image: 'shop/app:1',
    project: null,
    service: null,
    state: 'running',
    health: 'none',
    ports: [],
    networks: ['bridge'],
    sharesNetworkWith: [],
    refusal: '',
    madeByUs: false,
    capture: {
      state: 'off',
      step: '',
      error: '',
      since: null,
      inPorts: [],
      outbound: false,
      connections: 0,
      earlier: 0,
      pairsIn: 0,
      pairsOut: 0,
      pairsPerSecond: 0,
      shed: { pairs: 0, bodies: 0 },
      agentBytes: 0,
    },
    trust: { state: 'unknown', refused: [], applied: null, busy: '', error: '', serverKey: false },
    ...rest,
  };
}

/**
 * Container mode without Docker, for states of it that Docker cannot be brought into at will: failures, slow steps, changes by the
 * thousand. It does at once what it is told, and remembers what that was.
 */
export class ScriptedContainers implements ContainerMode {
  docker: DockerStatus = { state: 'ready', problem: '', endpoint: 'unix:///nowhere.sock', revision: 1, doing: '', capturing: 0 };
  containers: Container[];
  readonly calls: unknown[][] = [];
  /** Thrown by the operation of this name. */
  readonly failures = new Map<string, SidetapError>();
  /** Waited for by the operation of this name. */
  readonly gates = new Map<string, Promise<unknown>>();
  readonly #changed: () => void;

  constructor(containers: Container[], changed: () => void = () => {}) {
    this.containers = containers;
    this.#changed = changed;
  }

  status(): DockerStatus {
    const capturing = this.containers.filter(({ capture }) => capture.state === 'on').length;
    return { ...this.docker, capturing };
  }

  shed(): { pairs: number; bodies: number } {
    return { pairs: 0, bodies: 0 };
  }

  list(): Container[] {
    return this.containers;
  }

  /** Changes a container as if Docker or its agent had. */
  change(name: string, rest: { [Key in keyof Container]?: Partial<Container[Key]> }): Container {
    const before = this.#find(name);
    const capture = { ...before.capture, ...rest.capture };
    const trust = { ...before.trust, ...rest.trust };
    const after = { ...before, ...(rest as Partial<Container>), capture, trust };
    this.containers = this.containers.map((each) => (each === before ? after : each));
    this.touch();
    return after;
  }

  touch(): void {
    this.docker = { ...this.docker, revision: this.docker.revision + 1 };
    this.#changed();
  }

  async attach(container: string): Promise<Container> {
    await this.#call('attach', container);
    return this.change(container, { capture: { state: 'on', inPorts: [8080], outbound: true } });
  }

  async detach(container: string): Promise<Container> {
    await this.#call('detach', container);
    return this.change(container, { capture: { state: 'off', inPorts: [], outbound: false }, trust: { applied: null } });
  }

  async switchProject(project: string, on: boolean): Promise<Container[]> {
    await this.#call('switchProject', project, on);
    const members = this.containers.filter((container) => container.project === project);
    for (const { name, refusal } of members) {
      if (refusal === '') this.change(name, { capture: { state: on ? 'on' : 'off', outbound: on } });
      else if (on) this.change(name, { capture: { state: 'failed', error: refusal } });
    }
    return this.containers.filter((container) => container.project === project);
  }

  async trust(container: string, how: 'bundle' | 'restart' | 'twin'): Promise<Container> {
    await this.#call('trust', container, how);
    return this.change(container, { trust: { applied: how } });
  }

  async untrust(container: string): Promise<Container> {
    await this.#call('untrust', container);
    return this.change(container, { trust: { applied: null } });
  }

  async serverKey(container: string, key: { chainPem: string; keyPem: string } | null): Promise<Container> {
    await this.#call('serverKey', container, key);
    return this.change(container, { trust: { serverKey: key !== null } });
  }

  async run(options: RunImage): Promise<Container> {
    await this.#call('run', options);
    const ports = options.ports.map((mapping) => {
      const [host, container] = mapping.split(':').map(Number);
      return { host: host ?? 0, container: container ?? 0, protocol: 'tcp' as const };
    });
    const name = options.name ?? 'sidetap-run';
    this.containers = [...this.containers, sampleContainer(name, { image: options.image, madeByUs: true, ports })];
    return this.change(name, { capture: { state: 'on', inPorts: ports.map(({ container }) => container), outbound: true } });
  }

  async remove(container: string): Promise<void> {
    await this.#call('remove', container);
    const gone = this.#find(container);
    this.containers = this.containers.filter((each) => each !== gone);
    this.touch();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #call(name: string, ...args: unknown[]): Promise<void> {
    this.calls.push([name, ...args]);
    await this.gates.get(name);
    const failure = this.failures.get(name);
    if (failure !== undefined) throw failure;
  }

  #find(reference: string): Container {
    const found = this.containers.find(({ id, name }) => name === reference || id.startsWith(reference));
    if (found === undefined) throw new SidetapError('container-not-found', `There is no container ${reference}.`);
    return found;
  }
}
