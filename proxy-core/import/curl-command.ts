import { assertNever, SidetapError } from '../errors.ts';
import type { ParsedCurl } from '../rrpair/compose.ts';
import { bashWords } from './bash-words.ts';
import { cmdWords } from './cmd-words.ts';
import { configArguments, curlArguments } from './curl-arguments.ts';
import { readCurl } from './curl-request.ts';
import { powershellWords } from './powershell-words.ts';
import { type CommandLine, shellOf, shown } from './words.ts';

/**
 * Reads a pasted curl command into the request that it would send. Nothing is run, read from disk or expanded, and nothing is dropped
 * silently: what does not become part of the request is named in `notes`. Throws `bad-usage` when it is no curl command or has no URL.
 */
export function parseCurl(command: string, shell: ParsedCurl['shell'] = shellOf(command)): ParsedCurl {
  const line = wordsOf(command, shell);
  const at = line.words.findIndex((word) => /(?:^|[/\\])curl(?:\.exe)?$/i.test(word));
  if (at < 0) throw new SidetapError('bad-usage', 'This is no curl command: it has to begin with “curl”.');
  const before = line.words.slice(0, at).filter((word) => !/^[$>#%&]$/.test(word));
  const notes = before.length === 0 ? [] : [`What stands before curl is not read: ${shown(before.join(' '))}`];
  const args = curlArguments(line.words.slice(at + 1)).flatMap((argument) => {
    const piped = argument.kind === 'option' && argument.name === 'config' && argument.value === '-' && line.stdin !== null;
    return piped ? configArguments(line.stdin ?? '') : [argument];
  });
  const { request, insecure, notes: said } = readCurl(args);
  return { request, insecure, shell, notes: [...new Set([...notes, ...line.notes, ...said])] };
}

function wordsOf(command: string, shell: ParsedCurl['shell']): CommandLine {
  switch (shell) {
    case 'bash':
      return bashWords(command);
    case 'cmd':
      return cmdWords(command);
    case 'powershell':
      return powershellWords(command);
    default:
      return assertNever(shell);
  }
}
