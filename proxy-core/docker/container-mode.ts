import type { Container, DockerStatus, RunImage } from '../rrpair/containers.ts';

/**
 * Container mode as the rest of the engine knows it. A container is named by its id, the beginning of it, or its name.
 * All methods throw SidetapError: `docker-unavailable`, `container-not-found`, `container-not-capturable`, `container-busy`, `agent-failed`,
 * `agent-image-failed`, `image-not-found`.
 */
export interface ContainerMode {
  status(): DockerStatus;
  list(): Container[];
  /** Pairs of containers that were not recorded, and pairs recorded without (all of) their bodies, since the engine started. */
  shed(): { pairs: number; bodies: number };
  /** Switches capture on. Resolves when it is on; the container's state tells of the steps meanwhile. */
  attach(container: string): Promise<Container>;
  /** Switches capture off and undoes every change that was made for it. */
  detach(container: string): Promise<Container>;
  /** Switches all containers of a compose project. Each one's failure is in its own `capture.error`. */
  switchProject(project: string, on: boolean): Promise<Container[]>;
  /** Makes the application trust our CA. `twin` answers the twin, which bears the original's name. */
  trust(container: string, how: 'bundle' | 'restart' | 'twin'): Promise<Container>;
  /** Undoes what `trust` did; capture stays on. */
  untrust(container: string): Promise<Container>;
  /** Reads TLS that the application serves itself, with its own key pair; null forgets it. */
  serverKey(container: string, key: { chainPem: string; keyPem: string } | null): Promise<Container>;
  /** Starts a container from an image, with trust in place and capture on. */
  run(options: RunImage): Promise<Container>;
  /** Removes what `run` made. */
  remove(container: string): Promise<void>;
  /** Switches everything off, undoes every change, and lets go of Docker. Bounded in time. */
  close(): Promise<void>;
}
