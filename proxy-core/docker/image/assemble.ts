import type Docker from 'dockerode';
import { SidetapError } from '../../errors.ts';
import type { ArchiveEntry } from './archive.ts';
import { librariesOf } from './host-files.ts';
import { hostNode, hostProgram } from './host-node.ts';
import { importArchive } from './import.ts';
import { AGENT_IMAGE, IMAGE_LABEL, type ImageArch, type ImageParts } from './parts.ts';

/** cap_net_admin=ep (capability 12) as the kernel keeps it: struct vfs_cap_data, revision 2, with the effective bit (linux/capability.h). */
const NET_ADMIN = Buffer.from('0100000200100000000000000000000000000000', 'hex').toString('latin1');

/** As in the Dockerfile. */
const CONFIGURATION = [
  'ENV PATH=/usr/local/bin:/usr/sbin',
  'USER 4140:4140',
  'ENTRYPOINT ["/usr/local/bin/node","/sidetap/agent.js"]',
  `LABEL ${IMAGE_LABEL}=${AGENT_IMAGE}`,
];

interface Assembly {
  name: string;
  parts: ImageParts;
  /** The daemon's machine. */
  arch: ImageArch;
  signal?: AbortSignal;
}

/**
 * Makes the agent's image from this machine's own node and nft, without any registry: the same files as the Dockerfile would gather. For daemons
 * of the same kind of machine. Throws `agent-image-failed`, saying what is missing here.
 */
export async function assembleImage(docker: Docker, { name, parts, arch, signal }: Assembly): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== arch)
    throw impossible('that is possible only on Linux, on the same kind of machine as Docker’s');
  const nft = await hostProgram('nft');
  if (nft === null) throw impossible('this machine has no nft; install the package nftables');
  const koffi = await parts.koffi(arch);
  if (koffi === null) throw impossible('this copy of Sidetap lacks koffi’s native part; install Sidetap anew');
  const node = await hostNode(arch);
  const entries: ArchiveEntry[] = [
    { path: '/sidetap/agent.js', content: parts.agent },
    { path: '/sidetap/koffi.node', content: koffi },
    { path: '/usr/local/bin/node', file: node, mode: 0o755 },
    { path: '/usr/sbin/nft', file: nft, mode: 0o755, capabilities: NET_ADMIN },
    ...(await librariesOf([node, nft])).map((file) => ({ path: file, file, mode: 0o755 })),
  ];
  await importArchive(docker, entries, { name, changes: CONFIGURATION, signal });
}

function impossible(why: string): SidetapError {
  return new SidetapError('agent-image-failed', `The agent’s image cannot be made of this machine’s own programs: ${why}.`);
}
