import type { WayToTls } from '../decoder.ts';

/** TLS follows INFO at once. A nonce in it is a challenge, which is answered inside. */
export function wayToTls(challenges: boolean): WayToTls {
  const greeting = {
    say: Buffer.alloc(0),
    heard: (bytes: Buffer): number | 'more' => {
      const end = bytes.indexOf(10);
      return end < 0 ? 'more' : end + 1;
    },
  };
  return { steps: [greeting], replaces: !challenges };
}
