import { isSecretName, MASK } from './secrets.ts';

/** Calls back for each scalar member of a JSON text whose name says that it is a secret; replaces what it is told to, leaving all else byte for byte. */
export function maskJson(text: string, onSecret: (name: string, value: string) => void): string {
  // A tokeniser rather than parse + stringify: numbers keep their digits, and white space and order of members stay as they were.
  const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;
  let name: string | null = null;
  let afterColon = false;
  let out = '';
  let copied = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const part = match[0];
    if (part === ':') {
      afterColon = true;
      continue;
    }
    const isString = part.startsWith('"');
    const isScalar = isString || !/^[{}[\],]$/.test(part);
    if (afterColon && isScalar && name !== null && part !== 'null' && isSecretName(name)) {
      const value = isString ? unquote(part) : part;
      onSecret(name, value);
      out += `${text.slice(copied, match.index)}"${MASK}"`;
      copied = match.index + part.length;
    }
    name = !afterColon && isString ? unquote(part) : null;
    afterColon = false;
  }
  return copied === 0 ? text : out + text.slice(copied);
}

function unquote(string: string): string {
  try {
    return String(JSON.parse(string));
  } catch {
    return string.slice(1, -1); // A bad escape: its raw characters are the best reading there is.
  }
}
