import { bytesOf, type CommandLine, MORE } from './words.ts';

/** Takes a command line apart as PowerShell does. A here-string that is piped into curl becomes its `stdin`. */
export function powershellWords(command: string): CommandLine {
  const text = bytesOf(command).replaceAll('\r\n', '\n');
  const piped = /@'\n([\s\S]*?)\n'@\s*\|\s*(curl[\s\S]*)$/.exec(text);
  if (piped !== null) {
    const line = read((piped[2] ?? '').replace(/\}\s*$/, ''));
    return { ...line, stdin: piped[1] ?? '' };
  }
  return { ...read(text.replace(/^\s*(?:PS [^>\n]*>\s*)?(?:&\s*)?/, '')), stdin: null };
}

function read(text: string): { words: string[]; notes: string[] } {
  const words: string[] = [];
  const notes = new Set<string>();
  let word: string | null = null;
  const add = (part: string): void => {
    word = (word ?? '') + part;
  };
  const end = (): void => {
    if (word !== null) words.push(word);
    word = null;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (/[ \t]/.test(character)) end();
    else if (character === '`') {
      at += 1;
      if (text[at] === '\n') end();
      else add(escapes[text[at] ?? ''] ?? text[at] ?? '');
    } else if (character === "'") {
      const quoted = /^'((?:[^']|'')*)('?)/.exec(text.slice(at));
      at += (quoted?.[0].length ?? 1) - 1;
      if (quoted?.[2] !== "'") notes.add("A quote (') is not closed, so the end of the command may be missing.");
      add(native((quoted?.[1] ?? '').replaceAll("''", "'"), notes));
    } else if (character === '"') {
      const quoted = /^"((?:[^"`]|`[\s\S]|"")*)("?)/.exec(text.slice(at));
      at += (quoted?.[0].length ?? 1) - 1;
      if (quoted?.[2] !== '"') notes.add('A quote (") is not closed, so the end of the command may be missing.');
      const variable = /(?<!`)\$(?:\w+|\{[^}]*\}|\([^)]*\))/.exec(quoted?.[1] ?? '')?.[0];
      if (variable !== undefined) notes.add(`The variable ${variable} is not filled in: it stays as it is written.`);
      add(
        native(
          (quoted?.[1] ?? '').replaceAll(/`([\s\S])|""/g, (_, escaped?: string) =>
            escaped === undefined ? '"' : (escapes[escaped] ?? escaped),
          ),
          notes,
        ),
      );
    } else if (/[\n;|]/.test(character)) {
      end();
      if (words.length === 0) continue;
      if (text.slice(at + 1).trim() !== '') notes.add(MORE);
      return { words, notes: [...notes] };
    } else add(character);
  }
  end();
  return { words, notes: [...notes] };
}

/** Until 7.3, PowerShell handed quotes to programs unescaped, so commands were written with `\"` for a quote. */
function native(text: string, notes: Set<string>): string {
  if (!text.includes('\\"')) return text;
  notes.add('\\" is read as a quote, as Windows PowerShell and PowerShell before 7.3 pass it on.');
  return text.replaceAll('\\"', '"');
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0', a: '\x07', b: '\b', f: '\f', v: '\v' };
