import { loadKoffi } from '../koffi.ts';

type Send = (descriptor: number, bytes: Uint8Array, length: number, flags: number) => number;

/** MSG_DONTWAIT and MSG_NOSIGNAL of Linux's sys/socket.h. */
const FLAGS = 0x40 | 0x4000;

let send: Send | null = null;
let opening: Promise<void> | undefined;

/** Makes `sendNow` send, where that is possible. Once; never rejects. */
export function openDirectSend(): Promise<void> {
  opening ??= open();
  return opening;
}

async function open(): Promise<void> {
  if (process.platform !== 'linux') return;
  try {
    const library = (await loadKoffi()).load('libc.so.6');
    send = library.func('intptr_t send(int, const void *, size_t, int)') as unknown as Send;
  } catch {
    return; // without koffi, or with another C library, everything goes Node's way
  }
}

/** Hands bytes to the system at once. Returns how many it took; 0 or less when it took none, or cannot be asked. */
export function sendNow(descriptor: number, bytes: Uint8Array): number {
  return send === null ? 0 : send(descriptor, bytes, bytes.length, FLAGS);
}
