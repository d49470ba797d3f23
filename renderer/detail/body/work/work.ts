import { assertNever } from '../../../../proxy-core/errors.ts';
import { jsonLines } from '../jsonParse.ts';
import { type TextLines, textLines } from '../textLines.ts';
import { decode } from './charset.ts';
import { delimiterOf, type TableCells, tableCells } from './csv.ts';
import type { BodyFacts } from './facts.ts';
import { placesOf } from './find.ts';
import { type MediaFacts, mediaFacts } from './mediaFacts.ts';
import { msgpackTree } from './msgpack.ts';
import { type Part, partsOf } from './multipart.ts';
import { protobufTree } from './protobuf.ts';
import { type LineMeaning, type RowRange, type TreeAct, type TreeChange, TreeDoc, type TreeRow, type TreeState } from './tree.ts';

/**
 * Everything that is done with the bytes of a body before they are shown. It runs beside the window's thread when there are many of
 * them, so that the window never stands still; every answer can be posted.
 */

export type TreeKind = 'json' | 'msgpack' | 'protobuf';
export type Language = 'xml' | 'html' | 'css' | 'javascript';

export interface TextBody {
  text: string;
  lines: TextLines;
  charset: string;
  /** How the charset was found. */
  why: string;
  /** There are bytes that are none of the charset's. */
  invalid: boolean;
}

export interface Table {
  text: string;
  table: TableCells;
}

export interface Source {
  text: string;
  lines: TextLines;
}

/** What can be asked, and what is answered. A string says why it cannot be had. */
export interface Asked {
  tree: { ask: { as: TreeKind }; answer: TreeState | string };
  treeRows: { ask: { as: TreeKind; range: RowRange }; answer: { version: number; rows: TreeRow[] } };
  /** `keep` is the line that the user is at; -1 for none. */
  treeAct: { ask: { as: TreeKind; act: TreeAct; keep: number }; answer: TreeChange };
  treeLine: { ask: { as: TreeKind; line: number }; answer: LineMeaning };
  /** To be copied: the path or the value of a line, or all of it. Long texts come as a blob, which the window does not have to hold. */
  treeText: { ask: { as: TreeKind; of: 'path' | 'value' | 'all'; line: number }; answer: string | Blob };
  treeFind: { ask: { as: TreeKind; needle: string }; answer: { count: number; more: boolean } };
  text: { ask: { charset: string }; answer: TextBody };
  table: { ask: object; answer: Table };
  parts: { ask: object; answer: Part[] | string };
  source: { ask: { language: Language; pretty: boolean }; answer: Source };
  facts: { ask: object; answer: MediaFacts };
  find: { ask: { of: string; needle: string }; answer: Int32Array<ArrayBuffer> };
}
export type AskName = keyof Asked;
export type Ask<Name extends AskName> = { what: Name } & Asked[Name]['ask'];

/** How the one who asked hears of it meanwhile, and whether he still wants it. */
export interface Asker {
  /** `share` of the work that is done, 0 to 1. */
  tell: (share: number) => void;
  wanted: () => boolean;
}

export const patient: Asker = { tell: () => undefined, wanted: () => true };

/** Characters that are put into lines anew; longer sources are shown as they were sent. */
const PRETTY_CHARS = 4_000_000;
/** Characters of a text that is handed over as such. */
const TEXT_CHARS = 500_000;

export class BodyWork {
  readonly #blob: Blob;
  readonly #facts: BodyFacts;
  /** The text that was handed out last, by its question, to be searched in. */
  #text = { of: '', text: '' };
  #tree: { as: TreeKind; doc: Promise<TreeDoc | string> } | null = null;

  constructor(blob: Blob, facts: BodyFacts) {
    this.#blob = blob;
    this.#facts = facts;
  }

  async do<Name extends AskName>(ask: Ask<Name>, asker: Asker = patient): Promise<Asked[Name]['answer']> {
    const answer = await this.#answer(ask, asker);
    if (typeof answer === 'object' && 'text' in answer && typeof answer.text === 'string')
      this.#text = { of: keyOf(ask), text: answer.text };
    return answer;
  }

  /** Read again for each question that needs them: kept, they would take as much memory as all that is made of them. */
  async #bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.#blob.arrayBuffer());
  }

  async #answer(ask: Ask<AskName>, asker: Asker): Promise<Asked[AskName]['answer']> {
    const is = ask as { [Name in AskName]: Ask<Name> }[AskName];
    switch (is.what) {
      case 'tree': {
        const doc = await this.#opened(is.as, asker);
        return typeof doc === 'string' ? doc : doc.state;
      }
      case 'treeRows':
        return (await this.#doc(is.as)).page(is.range);
      case 'treeAct':
        return (await this.#doc(is.as)).act(is.act, is.keep);
      case 'treeLine':
        return (await this.#doc(is.as)).meaning(is.line);
      case 'treeText': {
        const text = (await this.#doc(is.as)).copied(is.of, is.line);
        return text.length <= TEXT_CHARS ? text : new Blob([text], { type: 'text/plain' });
      }
      case 'treeFind':
        return (await this.#doc(is.as)).find(is.needle, asker);
      case 'text':
        return this.#textBody(await this.#bytes(), is.charset);
      case 'table':
        return this.#table(await this.#bytes());
      case 'parts':
        return partsOf(await this.#bytes(), this.#facts.contentType) ?? 'No parts stand in it: its boundary is missing.';
      case 'source':
        return this.#source(await this.#bytes(), is.language, is.pretty);
      case 'facts':
        return mediaFacts(await this.#bytes());
      case 'find':
        return placesOf(is.of === this.#text.of ? this.#text.text : '', is.needle);
      default:
        return assertNever(is);
    }
  }

  #decoded(bytes: Uint8Array<ArrayBuffer>, charset = ''): ReturnType<typeof decode> {
    return decode(bytes, this.#facts.charset, this.#facts.mediaType, charset);
  }

  /** The tree of a kind; the one before it is given up. */
  #opened(as: TreeKind, asker: Asker): Promise<TreeDoc | string> {
    if (this.#tree?.as !== as) this.#tree = { as, doc: this.#read(as, asker) };
    return this.#tree.doc;
  }

  async #doc(as: TreeKind): Promise<TreeDoc> {
    const doc = await this.#opened(as, patient);
    if (typeof doc === 'string') throw new Error(doc);
    return doc;
  }

  async #read(as: TreeKind, { tell }: Asker): Promise<TreeDoc | string> {
    const bytes = await this.#bytes();
    if (as === 'json') {
      const parsed = jsonLines(this.#decoded(bytes).text, { cut: this.#facts.cut === true, tell });
      return parsed === null ? 'This is not valid JSON' : new TreeDoc(parsed, { places: [], texts: [] });
    }
    try {
      const tree = as === 'msgpack' ? msgpackTree(bytes) : protobufTree(bytes, this.#facts.mediaType.includes('grpc'));
      const { text, notes } = tree;
      const parsed = jsonLines(text, { tell });
      return parsed === null ? 'There is nothing in it.' : new TreeDoc(parsed, notes);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return `This is not valid ${as === 'msgpack' ? 'MessagePack' : 'Protocol Buffers'}: ${reason}.`;
    }
  }

  #textBody(bytes: Uint8Array<ArrayBuffer>, charset: string): TextBody {
    const decoded = this.#decoded(bytes, charset);
    return { ...decoded, lines: textLines(decoded.text) };
  }

  #table(bytes: Uint8Array<ArrayBuffer>): Table {
    const { text } = this.#decoded(bytes);
    return { text, table: tableCells(text, delimiterOf(text, this.#facts.mediaType)) };
  }

  async #source(bytes: Uint8Array<ArrayBuffer>, language: Language, pretty: boolean): Promise<Source> {
    let { text } = this.#decoded(bytes);
    if (pretty && text.length <= PRETTY_CHARS) {
      const { prettySource } = await import('./pretty.ts');
      text = prettySource(text, language);
    }
    return { text, lines: textLines(text) };
  }
}

/** What a question is known by: the same question has the same key. */
export function keyOf(ask: object): string {
  return JSON.stringify(ask);
}
