import type { HttpFacts, MessageFacts } from '../facts.ts';
import { type Beginning, type Call, labelled } from './call.ts';
import { answerText, stringOf, topMember } from './members.ts';

/** JSON-RPC 2.0 (jsonrpc.org/specification), single calls and batches; the calls of the Model Context Protocol are such. */
export function jsonRpcCall(_facts: HttpFacts, { text }: Beginning): Call | null {
  if (!/"jsonrpc"\s*:\s*"2\.0"/.test(text)) return null;
  const method = stringOf(topMember(text, 'method'));
  const batch = /^\s*\[/.test(text) ? 'batch' : '';
  // MCP calls its tools all by one method.
  const tool = method === 'tools/call' ? (/"params"\s*:\s*\{[^{}]*"name"\s*:\s*"([^"\\]{1,100})"/.exec(text)?.[1] ?? '') : '';
  const label = labelled(batch, method, tool);
  return { technology: 'JSON-RPC', kind: 'protocol', where: 'request body has "jsonrpc": "2.0"', value: method, label, errorOf };
}

function errorOf(response: MessageFacts): string | null {
  const error = topMember(answerText(response), 'error');
  if (error === undefined || !error.startsWith('{')) return null;
  return /"code"\s*:\s*(-?\d{1,10})/.exec(error)?.[1] ?? '';
}
