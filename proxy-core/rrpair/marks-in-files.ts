import { isObject, type JsonObject, objectAt, textAt } from './exact-json.ts';
import { colourOf, keptMark } from './marks.ts';
import type { ImportedFacts, PairMark, PairRecord } from './pair.ts';

/**
 * Where the formats of other tools have what a user said of a pair. A HAR has a `comment` for an entry, an RRPair its `notes`; neither knows
 * colours, so those are members of ours.
 */

type Format = ImportedFacts['format'];

/** The path to a member. */
type Place = readonly [...owners: string[], name: string];

function placesIn(pair: JsonObject, format: Format): { colour: Place; note: Place } {
  if (format === 'har') return { colour: ['_colour'], note: ['comment'] };
  // What an RRPair has there may be something else than text, and stays then.
  const { notes } = pair;
  const isText = notes === undefined || notes === null || typeof notes === 'string';
  return { colour: ['sidetap', 'colour'], note: isText ? ['notes'] : ['sidetap', 'note'] };
}

function read(pair: JsonObject, place: Place): string {
  return textAt(objectAt(pair, ...place.slice(0, -1)) ?? {}, place.at(-1) ?? '');
}

function write(pair: JsonObject, place: Place, text: string): void {
  const [first, second] = place;
  if (second === undefined) put(pair, first, text);
  else if (text !== '' || objectAt(pair, first) !== undefined) {
    const owner = { ...objectAt(pair, first) };
    put(owner, second, text);
    pair[first] = owner;
  }
}

function put(owner: JsonObject, name: string, text: string): void {
  if (text === '') delete owner[name];
  else owner[name] = text;
}

/** The mark that a file has for a pair, as far as it is kept. */
export function markIn(pair: JsonObject, format: Format, noteChars: number): Pick<PairRecord, 'mark'> {
  const { colour, note } = placesIn(pair, format);
  const mark = keptMark({ colour: colourOf(read(pair, colour)), note: read(pair, note) }, noteChars);
  return mark === undefined ? {} : { mark };
}

/** Puts a pair's mark into what its file said. Where it was not changed since, the file's own stays: it may be longer than what is kept. */
export function putMark(pair: JsonObject, format: Format, mark: PairMark | undefined, noteChars: number): void {
  // What a file of another Sidetap keeps of its origin is JSON, but may be no object.
  if (!isObject(pair)) return;
  const { mark: before } = markIn(pair, format, noteChars);
  const places = placesIn(pair, format);
  const [colour, note] = [mark?.colour ?? null, mark?.note ?? ''];
  if (colour !== (before?.colour ?? null)) write(pair, places.colour, colour ?? '');
  if (note !== (before?.note ?? '')) write(pair, places.note, note);
}
