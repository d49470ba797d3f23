import { limits } from '../limits.ts';
import { redirectMark } from './stale-redirects.ts';

/** The table's name. Whatever bears it in a network namespace is ours. */
export const tableName = 'sidetap';

export interface RedirectPlan {
  /** Ports of our listeners. */
  inbound: number;
  outbound: number;
  /** Of the agent, whose own connections must go out as they are. */
  uid: number;
}

/** A way to lay out the table, for the kernels that there are. */
export interface TableShape {
  family: 'inet' | 'ip';
  /** The kernel destroys the table when the process that made it ends (Linux 5.12). */
  owned: boolean;
}

/** Best first. */
export const tableShapes: readonly TableShape[] = [
  { family: 'inet', owned: true },
  { family: 'inet', owned: false },
  // Before Linux 5.2 there is no NAT in `inet`.
  { family: 'ip', owned: false },
];

/**
 * The table, as one command that is carried out whole or not at all. Nothing is redirected until `armed` holds an element, whose time is up
 * soon: who is dead, paused or overloaded does not say again that it is well.
 */
export function createTable({ family, owned }: TableShape, { inbound, outbound, uid }: RedirectPlan): string {
  const table = `${family} ${tableName}`;
  // Beginnings only: where nobody tracked connections before this table, those that are open already would count as new at their next
  // packet, and an answer of the application as a call of its own.
  const armed = 'tcp flags & (fin | syn | rst | ack) == syn meta l4proto @armed';
  return [
    // One without an owner may have outlived its agent. One that has an owner cannot be deleted by us, and nothing of this happens.
    `add table ${table}`,
    `delete table ${table}`,
    `add table ${table}${owned ? ' { flags owner; }' : ''}`,
    `add set ${table} armed { type inet_proto; flags timeout; }`,
    `add set ${table} listening { type inet_service; }`,
    // Before Docker's own rules (at -100), which are for its resolver.
    `add chain ${table} inbound { type nat hook prerouting priority -110; policy accept; }`,
    `add chain ${table} outbound { type nat hook output priority -110; policy accept; }`,
    `add rule ${table} inbound iifname != "lo" tcp dport @listening ${armed} ${redirect(inbound)}`,
    `add rule ${table} outbound meta skuid ${uid} accept`,
    // Docker's resolver is on loopback too. DNS over TCP is nothing to look at.
    `add rule ${table} outbound oifname "lo" accept`,
    // An address of one link cannot be dialled without naming the link.
    ...(family === 'inet' ? [`add rule ${table} outbound ip6 daddr fe80::/10 accept`] : []),
    `add rule ${table} outbound tcp dport != 53 ${armed} ${redirect(outbound)}`,
  ].join('; ');
}

/** Redirects a connection to this port, and marks it as ours. */
function redirect(port: number): string {
  return `ct mark set ${redirectMark} redirect to :${port}`;
}

/** Redirects for another `limits.armedMillis`. */
export function arm({ family }: TableShape): string {
  const set = `element ${family} ${tableName} armed`;
  const armed = `{ tcp timeout ${limits.armedMillis}ms }`;
  // Only a new element gets a new time on every kernel; adding first makes sure that there is one to delete.
  return `add ${set} ${armed}; delete ${set} { tcp }; add ${set} ${armed}`;
}

/** Redirects no more; what was redirected already goes on. */
export function disarm({ family }: TableShape): string {
  return `flush set ${family} ${tableName} armed`;
}

/** The application listens on these ports. */
export function listenOnly({ family }: TableShape, ports: readonly number[]): string {
  const set = `${family} ${tableName} listening`;
  const flush = `flush set ${set}`;
  return ports.length === 0 ? flush : `${flush}; add element ${set} { ${ports.join(', ')} }`;
}

/** Connections that were redirected and are still open lose their way with it. */
export function deleteTable({ family }: TableShape): string {
  return `delete table ${family} ${tableName}`;
}
