import type { CodeRequest, Deviate } from './code-request.ts';
import { adds, joined } from './code-request.ts';
import { latin1Of, shellCommand } from './shell.ts';
import { encoded, originForm, splitQuery, withoutDots } from './target.ts';
import type { CodeWriter } from './writer.ts';

/** GNU Wget 1.15 or later, for bash and zsh. */
export const wgetWriter: CodeWriter = { client: 'wget', comment: null, shell: true, write };

function write(request: CodeRequest, deviate: Deviate): string {
  const args: (string | [string, string])[] = [
    '--output-document=-',
    '--server-response',
    '--content-on-error',
    '--max-redirect=0',
    '--tries=1',
  ];
  const method = request.method.toUpperCase();
  if (method !== request.method) deviate({ kind: 'method', sent: method });
  if (method !== 'GET' || request.body.kind !== 'none') args.push(['--method=', method]);
  const headers = joined(request.headers, deviate);
  const own = ['Accept', 'Accept-Encoding', 'Connection', ...(request.body.kind === 'none' ? [] : ['Content-Type'])];
  adds(headers, own, deviate);
  if (request.host !== null) headers.unshift(['Host', request.host]);
  if (!headers.some(([name]) => name.toLowerCase() === 'user-agent')) args.push(['--user-agent=', '']);
  for (const [name, value] of headers) args.push(['--header=', `${name}: ${value}`]);
  if (request.body.kind === 'text') args.push(['--body-data=', latin1Of(request.body.text)]);
  else if (request.body.kind === 'file') args.push(['--body-file=', request.body.name]);
  if (request.chunked) deviate({ kind: 'length' });
  args.push(urlOf(request, deviate));
  return shellCommand('wget', args);
}

function urlOf({ origin, target }: CodeRequest, deviate: Deviate): string {
  const path = encoded(originForm(target), /["#<>\\^`{|}\x00-\x20\x7f-\xff]|%(?![0-9A-Fa-f]{2})/g);
  const [name, query] = splitQuery(path);
  const sent = withoutDots(name) + query;
  if (sent !== target) deviate({ kind: 'target', sent });
  return origin + path;
}
