import path from 'node:path';
import { SidetapError } from '../../errors.ts';
import { listProtos, removeProtos } from '../../protos/kept.ts';
import type { Uploads } from '../../transfer/uploads.ts';
import type { Handlers } from '../handlers.ts';
import type { UpstreamTrust } from './capture-switch.ts';
import type { Jobs } from './jobs.ts';

export interface ProtoParts {
  dataDir: string;
  jobs: Jobs;
  /** Files of windows; null where there are none. */
  uploads: Uploads | null;
  /** Whom to trust beside the usual CAs. */
  upstreamTrust: () => UpstreamTrust;
}

/** Names for the fields of messages. To read many files, and to ask a server, is somebody else's work than traffic's. */
export function protoHandlers({ dataDir, jobs, uploads, upstreamTrust }: ProtoParts): Handlers['protos'] {
  return {
    list: async () => listProtos(dataDir),
    add: async ({ paths, uploads: ids, title }) => {
      const relative = paths.find((named) => !path.isAbsolute(named));
      if (relative !== undefined)
        throw new SidetapError('protos-invalid', `${relative} is no whole path. Begin it with the root of the file system.`);
      const sent = uploads?.claim(ids);
      try {
        return await jobs.protoFiles(dataDir, [...paths, ...(sent?.paths ?? [])], title);
      } finally {
        await sent?.release();
      }
    },
    reflect: (target) => jobs.reflectedProtos(dataDir, target, upstreamTrust()),
    remove: async ({ source }) => removeProtos(dataDir, source),
  };
}
