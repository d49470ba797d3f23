import { SidetapError } from '../../errors.ts';
import { writeRequest } from '../../replay/compose.ts';
import { replayMany } from '../../replay/many.ts';
import { replayPair, sendRecorded } from '../../replay/replay.ts';
import { targetOf } from '../../replay/target.ts';
import type { PairRecord } from '../../rrpair/pair.ts';
import { parseHead, parseHeads } from '../../wire/http1/head.ts';
import { readBody } from '../../wire/read-body.ts';
import type { SendResult } from '../contract-sending.ts';
import type { Handlers } from '../handlers.ts';
import type { ReplayParts } from './afterwards.ts';
import type { Jobs } from './jobs.ts';

export function parseCurlHandler(jobs: Jobs): Handlers['compose']['parseCurl'] {
  return ({ command, shell }) => jobs.parseCurl(command, shell);
}

export function composeHandlers(parts: ReplayParts): Handlers['compose'] {
  return { parseCurl: parseCurlHandler(parts.jobs), send: sendHandler(parts) };
}

function sendHandler({ store, recorder, jobs, flush, upstreamTrust }: ReplayParts): Handlers['compose']['send'] {
  return async ({ replayOf, bodyOf, insecure, ...composed }, { signal }): Promise<SendResult> => {
    const original = replayOf === undefined ? null : await store.record(replayOf);
    const body = bodyOf === undefined ? undefined : recordedBody(await store.record(bodyOf));
    const written = writeRequest(composed, body);
    const trust = upstreamTrust();
    const sent = await sendRecorded(
      written,
      {
        ...trust,
        insecure: insecure || trust.insecure,
        direction: original?.connection.direction ?? 'out',
        replayOf: replayOf ?? 0,
        ...(signal === undefined ? {} : { signal }),
      },
      (connection, extra) => recorder.observe(connection, extra),
    );
    await flush();
    const [pair] = await store.summaries([sent.id]);
    if (pair === undefined) throw new SidetapError('store-unusable', 'The request was sent, but the answer could not be stored.');
    const diff = original === null ? null : await jobs.diff(original, await store.record(sent.id));
    return { original: replayOf ?? null, pair, diff };
  };
}

/** The request body of a pair without its framing, still content-encoded. Throws `pair-not-replayable` when it was not kept whole. */
function recordedBody({ id, request, bodyShed }: PairRecord): Buffer {
  const { bytes, complete } = readBody(request.body, parseHead(request.head).headers, 'payload');
  if (request.truncated || bodyShed || !complete) {
    throw new SidetapError(
      'pair-not-replayable',
      `The request body of pair ${String(id)} was not kept whole, so it cannot be sent.`,
    );
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function replayManyHandler({ store, recorder, jobs, flush, upstreamTrust }: ReplayParts): Handlers['replay']['many'] {
  return async ({ ids, query, to, pace, times, concurrency, longestPauseMs = Infinity }, { signal }) => {
    if ((ids === undefined) === (query === undefined)) {
      throw new SidetapError('bad-usage', 'Say which pairs to send again: either their ids or a query.');
    }
    if (to !== undefined) targetOf({ protocol: 'http', upstreamHost: '', upstreamPort: 0, upstreamTls: null }, to);
    await flush();
    // As they are now: what is sent again may match the query too.
    const chosen = ids ?? (query === undefined ? [] : await store.idList(query));
    const options = { to, ...upstreamTrust() };
    return replayMany(
      chosen,
      { pace, times, concurrency, longestPauseMs },
      {
        read: (id) => store.record(id),
        send: (record, stop) =>
          replayPair(record, { ...options, signal: stop }, (connection, extra) => recorder.observe(connection, extra)),
        flush,
        compare: async (original, pair) => {
          const [before, after] = await Promise.all([store.record(original), store.record(pair)]);
          const answered = parseHeads(after.response.head).final !== null;
          return { diff: await jobs.diff(before, after), answered };
        },
      },
      signal,
    );
  };
}
