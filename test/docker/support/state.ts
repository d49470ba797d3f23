import type Docker from 'dockerode';

/** What Docker holds, as sorted lines that a test can compare: nothing that changes by itself (how long a container is up) is in them. */
export interface DockerState {
  /** `docker ps -a`: name, image, state, networks with addresses and aliases. */
  containers: string[];
  images: string[];
  volumes: string[];
  networks: string[];
}

/** Networks that the daemon makes when it starts, each time with another id. */
const BUILT_IN = new Set(['bridge', 'host', 'none']);

/** What `docker ps -a`, `image ls -a`, `volume ls` and `network ls` show. */
export async function dockerState(docker: Docker): Promise<DockerState> {
  const [containers, images, { Volumes }, networks] = await Promise.all([
    docker.listContainers({ all: true }),
    docker.listImages({ all: true }),
    docker.listVolumes(),
    docker.listNetworks(),
  ]);
  return {
    containers: containers
      .map(({ Id, Names, Image, State, NetworkSettings, Mounts, Labels }) =>
        JSON.stringify([Names, Id, Image, State, Object.keys(NetworkSettings.Networks), Mounts, Labels]),
      )
      .toSorted(),
    images: images.map(({ Id, RepoTags }) => `${(RepoTags ?? []).toSorted().join(' ')} ${Id}`).toSorted(),
    volumes: Volumes.map(({ Name }) => Name).toSorted(),
    networks: networks.map(({ Id, Name }) => (BUILT_IN.has(Name) ? Name : `${Name} ${Id}`)).toSorted(),
  };
}
