import { loadKoffi } from '../koffi.ts';

/**
 * What the kernel's connection tracking writes beside a connection that is redirected to an agent, so that a later agent can tell it from those of others.
 * Within a network namespace nothing else has a say in these marks, unless the application sets marks of its own.
 */
export const redirectMark = 0x51de7a9;

/** linux/socket.h, linux/netlink.h, linux/netfilter/nfnetlink.h, nfnetlink_conntrack.h */
const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const NETLINK_NETFILTER = 12;
const MSG_DONTWAIT = 0x40;
const NLM_F_REQUEST_ACK = 0x1 | 0x4;
const NLMSG_ERROR = 2;
/** NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE */
const CT_DELETE = (1 << 8) | 2;
const CTA_MARK = 8;
const CTA_MARK_MASK = 21;
/** struct nlmsghdr, with the struct nfgenmsg of all address families behind it, which is zero. */
const NLMSGHDR = 16;
const NFGENMSG = 4;
const ATTRIBUTE = 8;

type Call = (...args: (number | Uint8Array)[]) => number;

/**
 * Has the kernel forget the connections that earlier agents in this network namespace had redirected. The agent that held them is gone, but the kernel would
 * send on to it, for two minutes after a connection's end and for days if it missed that end: a later connection between the same ports, which was open before the
 * kernel redirects again, would be torn apart. Needs NET_ADMIN.
 *
 * Resolves with what the kernel has against it; empty when it was done.
 */
export async function forgetStaleRedirects(): Promise<string> {
  const libc = (await loadKoffi()).load('libc.so.6');
  const open = libc.func('int socket(int, int, int)') as unknown as Call;
  const send = libc.func('intptr_t send(int, void *, size_t, int)') as unknown as Call;
  const receive = libc.func('intptr_t recv(int, void *, size_t, int)') as unknown as Call;
  const close = libc.func('int close(int)') as unknown as Call;
  const fd = open(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_NETFILTER);
  if (fd < 0) return 'there is no netlink';
  try {
    const request = deleteMarked(redirectMark);
    if (send(fd, request, request.length, 0) !== request.length) return 'netlink takes no message';
    // The kernel has answered by the time that `send` returns.
    const answer = Buffer.alloc(4_096);
    return refusalIn(answer.subarray(0, Math.max(0, receive(fd, answer, answer.length, MSG_DONTWAIT))));
  } finally {
    close(fd);
  }
}

/** The message that deletes every tracked connection with a mark, of all address families. */
function deleteMarked(mark: number): Buffer {
  const message = Buffer.alloc(NLMSGHDR + NFGENMSG + 2 * ATTRIBUTE);
  message.writeUInt32LE(message.length, 0);
  message.writeUInt16LE(CT_DELETE, 4);
  message.writeUInt16LE(NLM_F_REQUEST_ACK, 6);
  [CTA_MARK, CTA_MARK_MASK].forEach((type, index) => {
    const at = NLMSGHDR + NFGENMSG + index * ATTRIBUTE;
    message.writeUInt16LE(ATTRIBUTE, at);
    message.writeUInt16LE(type, at + 2);
    message.writeUInt32BE(type === CTA_MARK ? mark : 0xffffffff, at + 4);
  });
  return message;
}

/** Reads a struct nlmsgerr, which carries an errno below zero, or zero as an acknowledgement. */
function refusalIn(answer: Buffer): string {
  if (answer.length < NLMSGHDR + 4 || answer.readUInt16LE(4) !== NLMSG_ERROR) return 'netlink does not answer';
  const errno = -answer.readInt32LE(NLMSGHDR);
  return errno === 0 ? '' : `errno ${String(errno)}`;
}
