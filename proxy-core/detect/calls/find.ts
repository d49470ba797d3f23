import type { HttpFacts, MessageFacts } from '../facts.ts';
import { awsCall } from './aws.ts';
import { BEGINNING_BYTES, type Call, type FindCall } from './call.ts';
import { graphqlCall, graphqlGet } from './graphql.ts';
import { jsonRpcCall } from './json-rpc.ts';
import { llmCall } from './llm.ts';
import { soapCall } from './soap.ts';

const inJson: readonly FindCall[] = [graphqlCall, jsonRpcCall, llmCall];

/** The call that a request makes in a protocol inside of HTTP; null for most. */
export function findCall(facts: HttpFacts): Call | null {
  const { request } = facts;
  if (request.mayCall === 'no') return facts.path.endsWith('/graphql') ? graphqlGet(facts) : null;
  const beginning = { text: isPlain(request) ? request.body.toString('latin1', 0, BEGINNING_BYTES) : '' };
  switch (request.mayCall) {
    case 'aws':
      return awsCall(facts, beginning);
    case 'soap':
      return soapCall(facts, beginning);
    default:
      for (const find of inJson) {
        const call = find(facts, beginning);
        if (call !== null) return call;
      }
      return null;
  }
}

/** The body is what it is: its framing and coding need not be undone. */
function isPlain({ headers }: MessageFacts): boolean {
  return !headers.has('content-encoding') && !headers.has('transfer-encoding');
}

/** Which calls the fields of a request allow. Looked at once for all requests with the same fields. */
export function mayCallOf(headers: ReadonlyMap<string, string>, mediaType: string): MessageFacts['mayCall'] {
  if (headers.has('x-amz-target') || headers.get('authorization')?.startsWith('AWS4-HMAC-SHA256') === true) return 'aws';
  if (headers.has('soapaction') || xmlTypes.has(mediaType)) return 'soap';
  return mediaType.endsWith('json') || mediaType === 'application/graphql' ? 'json' : 'no';
}

const xmlTypes: ReadonlySet<string> = new Set(['text/xml', 'application/xml', 'application/soap+xml']);
