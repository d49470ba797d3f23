import { isUtf8 } from 'node:buffer';
import type { HeaderField } from '../../rrpair/shapes.ts';
import { adds, type CodeRequest, type Deviate, has } from './code-request.ts';
import { latin1Of, shellCommand } from './shell.ts';
import { encoded, originForm, requestsTarget, splitQuery } from './target.ts';
import type { CodeWriter } from './writer.ts';

/** HTTPie 3, for bash and zsh. */
export const httpieWriter: CodeWriter = { client: 'HTTPie', comment: null, shell: true, write };

function write(request: CodeRequest, deviate: Deviate): string {
  const path = encoded(originForm(request.target), /[#\x00-\x20\x7f-\xff]/g);
  const asIs = /\/\.{1,2}(?:\/|$)/.test(splitQuery(path)[0]);
  const sent = requestsTarget(path, asIs);
  if (sent !== request.target) deviate({ kind: 'target', sent });
  const method = request.method.toUpperCase();
  if (method !== request.method) deviate({ kind: 'method', sent: method });
  const file = request.body.kind === 'file' ? request.body.name : null;
  const args: (string | [string, string])[] = [];
  if (file === null) args.push('--ignore-stdin');
  if (asIs) args.push('--path-as-is');
  if (request.chunked) args.push('--chunked');
  if (request.body.kind === 'text') args.push(['--raw=', latin1Of(request.body.text)]);
  const headers = request.headers.filter(([name, value]) => {
    if (isUtf8(Buffer.from(value, 'latin1'))) return true;
    deviate({ kind: 'left-out', name, value, why: 'value' });
    return false;
  });
  if (headers.some(([name]) => name.startsWith('-'))) args.push('--');
  args.push(method, request.origin + path);
  if (request.host !== null) args.push(item(['Host', request.host], deviate));
  args.push(...headers.map((field) => item(field, deviate)));
  adds(headers, ['User-Agent', 'Accept-Encoding'], deviate);
  const own = ['Accept', 'Connection', ...(request.body.kind === 'none' ? [] : ['Content-Type'])];
  // A name without a value keeps HTTPie from sending its own field.
  for (const name of own) if (!has(headers, name.toLowerCase())) args.push(`${name}:`);
  return shellCommand('http', args, file === null ? '' : ` < ${file}`);
}

/** A header field as an argument: `Name:value`, `Name;` without a value. */
function item([name, value]: HeaderField, deviate: Deviate): string {
  if (value === '') return `${name};`;
  // HTTPie takes the backslash before one of its separators for an escape, and knows no way to write the two as they are.
  const sent = value.replaceAll(/(\\+)(?=[:;=@])/g, (run: string) => (run.length % 2 === 0 ? run : run.slice(1)));
  if (sent !== value) deviate({ kind: 'value', name, value, sent });
  return `${name}:${/^[@=]/.test(value) ? '\\' : ''}${value}`;
}
