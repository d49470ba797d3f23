import type { PairFields } from '../batch.ts';

/** A pair that is done and of which nothing is known, but for what is given. */
export function pairFields(given: Partial<PairFields> = {}): PairFields {
  return {
    id: 1,
    state: 'done',
    startedAtMicros: 0,
    requestEnd: 0,
    responseStart: 0,
    responseEnd: 0,
    replayOf: 0,
    requestWireBytes: 0,
    requestPayloadBytes: 0,
    requestCrc32: 0,
    requestTruncated: false,
    requestInParts: false,
    responseWireBytes: 0,
    responsePayloadBytes: 0,
    responseCrc32: 0,
    responseTruncated: false,
    responseInParts: false,
    bodyShed: false,
    ...given,
  };
}
