import { bytesOf, type CommandLine, MORE } from './words.ts';

/**
 * Takes a command line apart as cmd.exe and then the program's C runtime do: first carets are taken away, then quotes and backslashes
 * are read.
 */
export function cmdWords(command: string): CommandLine {
  const notes: string[] = [];
  const line = withoutCarets(bytesOf(command).replaceAll('\r\n', '\n').trim(), notes);
  const words: string[] = [];
  for (let at = 0; ; ) {
    while (/[ \t]/.test(line[at] ?? '')) at += 1;
    if (at >= line.length) break;
    const read = argument(line, at);
    words.push(read.text);
    at = read.end;
  }
  return { words, stdin: null, notes };
}

/** Undoes what cmd.exe reads itself. A caret is plain between quotes; a quote after a caret opens nothing. */
function withoutCarets(text: string, notes: string[]): string {
  let out = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '^' && !quoted) {
      at += 1;
      // A caret at the end of a line joins the next one to it, whose first character is plain, be it another line end.
      if (text[at] === '\n') at += 1;
      out += text[at] ?? '';
      continue;
    }
    if (character === '"') quoted = !quoted;
    if (character === '\n' || (!quoted && /[&|]/.test(character))) {
      if (text.slice(at + 1).trim() !== '') notes.push(MORE);
      return out;
    }
    if (!quoted && /[<>]/.test(character)) {
      notes.push('A redirection (< or >) is not followed.');
      return out;
    }
    out += character;
  }
  const variable = /(?<!\^)%\w+%/.exec(text)?.[0];
  if (variable !== undefined) notes.push(`The variable ${variable} is not filled in: it stays as it is written.`);
  return out;
}

/** One argument by the rules of Microsoft's C runtime. */
function argument(line: string, from: number): { text: string; end: number } {
  let text = '';
  let quoted = false;
  let at = from;
  while (at < line.length) {
    const character = line[at] ?? '';
    if (!quoted && /[ \t]/.test(character)) break;
    if (character === '\\') {
      const run = /^\\+/.exec(line.slice(at))?.[0].length ?? 1;
      at += run;
      if (line[at] !== '"') {
        text += '\\'.repeat(run);
        continue;
      }
      text += '\\'.repeat(Math.floor(run / 2));
      if (run % 2 === 1) {
        text += '"';
        at += 1;
      }
      continue;
    }
    at += 1;
    if (character !== '"') text += character;
    else if (quoted && line[at] === '"') {
      // Two quotes inside quotes are one.
      text += '"';
      at += 1;
    } else quoted = !quoted;
  }
  return { text, end: at };
}
