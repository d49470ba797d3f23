import type { ContainerMode } from '../../docker/container-mode.ts';
import type { Handlers } from '../handlers.ts';

/** Container mode's operations. */
export function containerHandlers(containers: ContainerMode): Handlers['containers'] {
  return {
    list: async () => containers.list(),
    attach: async ({ container }) => containers.attach(container),
    detach: async ({ container }) => containers.detach(container),
    switchProject: async ({ project, on }) => containers.switchProject(project, on),
    trust: async ({ container, how }) => containers.trust(container, how),
    untrust: async ({ container }) => containers.untrust(container),
    serverKey: async ({ container, key }) => containers.serverKey(container, key),
    run: async (options) => containers.run(options),
    remove: async ({ container }) => {
      await containers.remove(container);
      return { removed: true };
    },
  };
}
