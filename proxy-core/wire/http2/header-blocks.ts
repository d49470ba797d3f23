import { limits } from '../../limits.ts';
import { largeHeads, Share } from '../allowance.ts';
import { viewOf } from '../http1/view.ts';
import { type Frame, flags, frameTypes } from './frame-reader.ts';
import type { HeadBlock } from './head-block.ts';
import { type Field, HpackDecoder } from './hpack.ts';
import { KnownHeads } from './known-heads.ts';

/** A header list that one side sent (RFC 9113 4.3). */
export interface HeaderList {
  head: HeadBlock;
  stream: number;
  /** The stream that a PUSH_PROMISE announces; 0 for all others. */
  promised: number;
  endStream: boolean;
  /** When its first byte came. */
  startedAt: number;
}

/** What was said of a list at its beginning, while its CONTINUATIONs come. */
interface Begun extends Omit<HeaderList, 'head'> {
  fragments: Buffer[];
  bytes: number;
}

/** Joins the frames of the header lists of one side, and decodes them. */
export class HeaderBlocks {
  readonly #hpack = new HpackDecoder();
  readonly #known = new KnownHeads();
  /** Those of the list that is being decoded. */
  readonly #fields: Field[] = [];
  readonly #share = new Share(largeHeads, limits.smallHeadBytes);
  #begun: Begun | null = null;

  /** Between its frames nothing else may come on the connection (RFC 9113 6.2). */
  get expectsContinuation(): boolean {
    return this.#begun !== null;
  }

  /** A frame of a header list came. Returns the list when it is complete, and a sentence when the connection cannot be read any further. */
  frame(frame: Frame, payload: Buffer): HeaderList | string | null {
    if (frame.type === frameTypes.continuation) return this.#continued(frame, payload);
    if (frame.stream === 0) return 'A frame with header fields belongs to no stream.';
    const fragment = withoutPadding(frame, payload);
    if (fragment === null) return 'A frame has more padding than it is long.';
    const isPromise = frame.type === frameTypes.pushPromise;
    const hasPriority = !isPromise && (frame.flags & flags.priority) !== 0;
    // RFC 9113 6.2 and 6.6: the priority, or the promised stream, comes first.
    const skipped = isPromise ? 4 : hasPriority ? 5 : 0;
    if (fragment.length < skipped) return 'A frame with header fields is too short.';
    const promised = isPromise ? fragment.readUInt32BE(0) & 0x7fff_ffff : 0;
    const endStream = !isPromise && (frame.flags & flags.endStream) !== 0;
    const { stream, startedAt } = frame;
    const block = viewOf(fragment, skipped, fragment.length);
    if ((frame.flags & flags.endHeaders) !== 0) {
      const head = this.#decode(block);
      return typeof head === 'string' ? head : { head, stream, promised, endStream, startedAt };
    }
    this.#begun = { fragments: [], bytes: 0, stream, promised, endStream, startedAt };
    return this.#add(this.#begun, block, frame);
  }

  forget(): void {
    this.#begun = null;
    this.#share.end();
  }

  #continued(frame: Frame, payload: Buffer): HeaderList | string | null {
    const begun = this.#begun;
    if (begun === null || begun.stream !== frame.stream) return 'A CONTINUATION frame continues nothing.';
    return this.#add(begun, payload, frame);
  }

  #add(begun: Begun, fragment: Buffer, frame: Frame): HeaderList | string | null {
    if ((frame.flags & flags.endHeaders) !== 0) return this.#end(begun, fragment);
    // Frames without a byte would be a flood that no count of bytes sees.
    begun.bytes += fragment.length + 1;
    if (begun.bytes > limits.headBytes) return `The fields of one head are longer than ${limits.headBytes} bytes.`;
    if (!this.#share.grow(begun.bytes)) {
      return `Unfinished heads of all connections together are larger than ${limits.largeHeadsBytes} bytes.`;
    }
    if (fragment.length > 0) begun.fragments.push(Buffer.from(fragment));
    return null;
  }

  #end(begun: Begun, last: Buffer): HeaderList | string {
    const { stream, promised, endStream, startedAt } = begun;
    const block = Buffer.concat([...begun.fragments, last]);
    this.forget();
    const head = this.#decode(block);
    return typeof head === 'string' ? head : { head, stream, promised, endStream, startedAt };
  }

  #decode(block: Buffer): HeadBlock | string {
    this.#fields.length = 0;
    const problem = this.#hpack.decode(block, this.#take);
    return problem ?? this.#known.of(this.#fields);
  }

  readonly #take = (field: Field): void => {
    // One more than a head may have shows that it has too many.
    if (this.#fields.length <= limits.headFields) this.#fields.push(field);
  };
}

/** RFC 9113 6.2. Null when there is more padding than payload. */
function withoutPadding(frame: Frame, payload: Buffer): Buffer | null {
  if ((frame.flags & flags.padded) === 0) return payload;
  const padding = payload[0];
  return padding === undefined || 1 + padding > payload.length ? null : payload.subarray(1, payload.length - padding);
}
