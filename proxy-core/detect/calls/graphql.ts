import type { HttpFacts, MessageFacts } from '../facts.ts';
import { type Beginning, type Call, labelled } from './call.ts';
import { answerText, topMember } from './members.ts';

/** GraphQL over HTTP (graphql.github.io/graphql-over-http): JSON with `query`, the document itself, or query parameters. */
export function graphqlCall({ request, path }: HttpFacts, { text }: Beginning): Call | null {
  if (request.mediaType === 'application/graphql') return callOf(text, '', 'request body is a GraphQL document');
  const named = /"operationName"\s*:\s*"(\w{1,100})"/.exec(text)?.[1] ?? '';
  const document = /"query"\s*:\s*"((?:[^"\\]|\\.)*)/.exec(text)?.[1];
  if (document === undefined) {
    // Automatic persisted queries send the hash of a document in its place.
    if (!text.includes('"persistedQuery"') || !text.includes('"sha256Hash"')) return null;
    return made('query', labelled('persisted', named), 'request body has a persisted GraphQL query');
  }
  const operation = /^(?:\\[nrt]|\s|#.*?\\n)*(query|mutation|subscription|\{|fragment)/.exec(document)?.[1];
  if (operation === undefined) return null;
  const meant =
    path.includes('graphql') || text.includes('"variables"') || text.includes('"operationName"') || operation !== 'query';
  return meant
    ? callOf(document.replaceAll(/#.*?\\n/g, ' ').replaceAll(/\\[nrt]/g, ' '), named, 'request body has a GraphQL operation')
    : null;
}

/** A GET with the document in its query (GraphQL over HTTP 6.2.1). */
export function graphqlGet({ request, path }: HttpFacts): Call | null {
  const { target } = request.head;
  if (!path.endsWith('/graphql')) return null;
  const query = new URLSearchParams(target.slice(target.indexOf('?') + 1));
  const document = query.get('query');
  if (document === null && !query.has('extensions')) return null;
  const name = query.get('operationName') ?? '';
  return document === null
    ? made('query', labelled('persisted', name), 'request has a persisted GraphQL query')
    : callOf(document.slice(0, 2_048), name, 'request query has a GraphQL operation');
}

/** The kind and name of the operation that is meant: the one that is named, or the first. */
function callOf(document: string, named: string, where: string): Call {
  const wanted = named === '' ? null : new RegExp(`\\b(query|mutation|subscription)\\s+${named}\\b`).exec(document);
  const first = /\b(query|mutation|subscription)\s+(\w{1,100})/.exec(document);
  if (named !== '') return made(wanted?.[1] ?? first?.[1] ?? 'query', named, where);
  const kind = /^[\s,]*(query|mutation|subscription)\b/.exec(document)?.[1] ?? 'query';
  if (first !== null && !/^[\s,]*(?:(?:query|mutation|subscription)\s*)?[{(]/.test(document))
    return made(first[1] ?? kind, first[2] ?? '', where);
  // Without a name its first field says most.
  const field = /^[^{]*\{\s*(?:\w+\s*:\s*)?(\w{1,100})/.exec(document)?.[1] ?? '';
  return made(kind, field === '' ? '' : `{${field}}`, where);
}

function made(kind: string, name: string, where: string): Call {
  return { technology: 'GraphQL', kind: 'protocol', where, value: kind, label: labelled(kind, name), errorOf };
}

/** GraphQL 7.1: `errors` is there, and not empty, exactly when there were errors. */
function errorOf(response: MessageFacts): string | null {
  const errors = topMember(answerText(response), 'errors');
  if (errors === undefined || !/^\[\s*[^\]\s]/.test(errors)) return null;
  return /"code"\s*:\s*"([\w-]{1,60})"/.exec(errors)?.[1] ?? '';
}
