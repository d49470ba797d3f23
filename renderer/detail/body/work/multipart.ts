import { type BodyFacts, parameter } from './facts.ts';

/** A part of a multipart body; `from` and `to` are places in the bytes of the whole. */
export interface Part extends BodyFacts {
  /** Names and values, bytes as latin-1. */
  headers: [string, string][];
  /** Name of the form field; empty when it is none. */
  name: string;
  /** As the sender named it; empty when it is no file. */
  fileName: string;
  from: number;
  to: number;
}

/** Parts that are read; no form has as many. */
const MOST_PARTS = 2_000;
const HEAD_BYTES = 65_536;

/** What may follow a boundary: white space, the end of the line, or the hyphens of the last one. */
const AFTER_BOUNDARY = new Set([9, 10, 13, 32, 45]);

/** Where the next boundary stands: at the beginning of a line, and whole; -1 where there is none. */
function boundaryAt(bytes: Uint8Array, mark: Uint8Array, from: number): number {
  let at = indexOfBytes(bytes, mark, from);
  while (at >= 0) {
    const next = bytes[at + mark.length];
    if ((at === 0 || bytes[at - 1] === 10) && (next === undefined || AFTER_BOUNDARY.has(next))) return at;
    at = indexOfBytes(bytes, mark, at + 1);
  }
  return -1;
}

/** Where one sequence of bytes stands in another from a place on; -1 where it does not. */
function indexOfBytes(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const first = wanted[0] ?? 0;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    let same = 1;
    while (same < wanted.length && bytes[at + same] === wanted[same]) same += 1;
    if (same === wanted.length) return at;
  }
  return -1;
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4_096) text += String.fromCharCode(...bytes.subarray(at, at + 4_096));
  return text;
}

function readUtf8(text: string): string {
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return text;
  }
}

/** `filename*=UTF-8''na%C3%AFve.txt` (RFC 8187), else what `name` says. */
function named(disposition: string, name: string): string {
  const extended = /^[\w-]+'[^']*'(.*)$/.exec(parameter(disposition, `${name}*`))?.[1];
  if (extended !== undefined) {
    try {
      return decodeURIComponent(extended);
    } catch {
      return extended;
    }
  }
  return readUtf8(parameter(disposition, name));
}

function partOf(head: string, from: number, to: number): Part {
  const headers = head
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line): [string, string] => {
      const colon = line.indexOf(':');
      return colon < 0 ? [line, ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    });
  const field = (name: string): string => headers.find(([own]) => own.toLowerCase() === name)?.[1] ?? '';
  const disposition = field('content-disposition');
  const contentType = field('content-type');
  return {
    headers,
    name: named(disposition, 'name'),
    fileName: named(disposition, 'filename'),
    contentType,
    mediaType: contentType === '' ? 'text/plain' : (contentType.split(';', 1)[0] ?? '').trim().toLowerCase(),
    charset: parameter(contentType, 'charset'),
    from,
    to,
  };
}

/** The parts of a multipart body (RFC 2046); null when no boundary is named, or none stands in it. */
export function partsOf(bytes: Uint8Array, contentType: string): Part[] | null {
  const boundary = parameter(contentType, 'boundary');
  if (boundary === '') return null;
  const mark = Uint8Array.from(`--${boundary}`, (character) => character.charCodeAt(0) & 0xff);
  const emptyLine = Uint8Array.of(13, 10, 13, 10);
  const parts: Part[] = [];
  let at = boundaryAt(bytes, mark, 0);
  if (at < 0) return null;
  while (at >= 0 && parts.length < MOST_PARTS) {
    at += mark.length;
    // The last boundary ends with two hyphens.
    if (bytes[at] === 0x2d && bytes[at + 1] === 0x2d) break;
    while (bytes[at] === 0x20 || bytes[at] === 0x09) at += 1;
    if (bytes[at] === 13) at += 1;
    if (bytes[at] === 10) at += 1;
    const next = boundaryAt(bytes, mark, at);
    let to = next < 0 ? bytes.length : next;
    if (next > 0 && to > at) to -= bytes[to - 2] === 13 ? 2 : 1;
    to = Math.max(at, to);
    const headEnd = bytes[at] === 13 ? at - 2 : indexOfBytes(bytes.subarray(0, Math.min(to + 4, at + HEAD_BYTES)), emptyLine, at);
    const bodyFrom = headEnd < 0 ? at : Math.min(headEnd + 4, to);
    parts.push(partOf(headEnd < at ? '' : latin1(bytes.subarray(at, headEnd)), bodyFrom, to));
    at = next;
  }
  return parts;
}
