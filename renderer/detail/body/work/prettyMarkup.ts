/** Elements of HTML that have no end. */
const VOID = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '));
/** Elements whose white space is part of what they say. */
const KEPT = new Set(['pre', 'textarea', 'listing', 'xmp', 'plaintext']);

const INDENT = '  ';
const MOST_INDENTS = 60;
/** Text that is no longer stays in the line of its element. */
const SHORT_CHARS = 80;

interface Token {
  kind: 'open' | 'close' | 'single' | 'text' | 'other';
  text: string;
  name: string;
}

/** Where a tag ends: quotes in it may hold its sign. */
function tagEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '>') return at + 1;
    if (sign === '"' || sign === "'") {
      const close = text.indexOf(sign, at + 1);
      // A quote that is never closed is a letter like any other.
      if (close > 0) at = close;
    }
  }
  return text.length;
}

function until(text: string, sign: string, from: number): number {
  const at = text.indexOf(sign, from);
  return at < 0 ? text.length : at + sign.length;
}

/** Tags, texts and the rest of markup, in order; joined they are the text again. */
export function* tokensOf(text: string, html: boolean): Generator<Token> {
  let at = 0;
  while (at < text.length) {
    if (text[at] !== '<' || !/[A-Za-z_:!?/\u0080-\uffff]/.test(text[at + 1] ?? '')) {
      let to = text.indexOf('<', at + 1);
      if (to < 0) to = text.length;
      yield { kind: 'text', text: text.slice(at, to), name: '' };
      at = to;
      continue;
    }
    const from = at;
    if (text.startsWith('<!--', at)) at = until(text, '-->', at + 4);
    else if (text.startsWith('<![CDATA[', at)) at = until(text, ']]>', at);
    else if (text.startsWith('<?', at)) at = until(text, '?>', at);
    else at = tagEnd(text, at);
    const own = text.slice(from, at);
    if (own.startsWith('<!') || own.startsWith('<?')) {
      yield { kind: own.startsWith('<![') ? 'text' : 'other', text: own, name: '' };
      continue;
    }
    const name = /^<\/?([^\s/>]*)/.exec(own)?.[1] ?? '';
    const low = html ? name.toLowerCase() : name;
    if (own.startsWith('</')) yield { kind: 'close', text: own, name: low };
    else if (own.endsWith('/>') || (html && VOID.has(low))) yield { kind: 'single', text: own, name: low };
    else {
      yield { kind: 'open', text: own, name: low };
      if (html && (low === 'script' || low === 'style' || KEPT.has(low))) {
        const end = new RegExp(`</${low}\\b`, 'gi');
        end.lastIndex = at;
        const to = end.exec(text)?.index ?? text.length;
        if (to > at) yield { kind: 'text', text: text.slice(at, to), name: low };
        at = to;
      }
    }
  }
}

type Nested = (source: string, kind: 'css' | 'javascript') => string;

/** XML or HTML with an element a line; texts in their element's line where they are short. Only white space is changed. */
export function prettyMarkup(text: string, language: 'html' | 'xml', nested: Nested): string {
  const html = language === 'html';
  const tokens = [...tokensOf(text, html)].filter(
    ({ kind, text: own, name }) => kind !== 'text' || KEPT.has(name) || own.trim() !== '',
  );
  const out: string[] = [];
  let depth = 0;
  const pad = (): string => INDENT.repeat(Math.min(depth, MOST_INDENTS));
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined) break;
    const [next, afterNext] = [tokens[index + 1], tokens[index + 2]];
    if (token.kind === 'open') {
      const empty = next?.kind === 'close' && next.name === token.name;
      const inner = next?.kind === 'text' && afterNext?.kind === 'close' && afterNext.name === token.name ? next.text : null;
      if (empty) {
        out.push(pad() + token.text + next.text);
        index += 1;
      } else if (inner !== null && KEPT.has(token.name)) {
        out.push(pad() + token.text + inner + (afterNext?.text ?? ''));
        index += 2;
      } else if (inner !== null && html && (token.name === 'script' || token.name === 'style')) {
        const source = nested(inner, token.name === 'style' ? 'css' : 'javascript');
        depth += 1;
        const body = source.split('\n').map((line) => (line === '' ? '' : pad() + line));
        depth -= 1;
        out.push(pad() + token.text, ...body, pad() + (afterNext?.text ?? ''));
        index += 2;
      } else if (inner !== null && inner.trim().length + token.text.length <= SHORT_CHARS) {
        out.push(pad() + token.text + inner.trim().replace(/\s+/g, ' ') + (afterNext?.text ?? ''));
        index += 2;
      } else {
        out.push(pad() + token.text);
        depth += 1;
      }
    } else if (token.kind === 'close') {
      depth = Math.max(0, depth - 1);
      out.push(pad() + token.text);
    } else if (token.kind === 'text') {
      out.push(
        ...token.text
          .trim()
          .split(/\s*\n\s*/)
          .map((line) => pad() + line),
      );
    } else {
      out.push(pad() + token.text);
    }
  }
  return out.join('\n');
}
