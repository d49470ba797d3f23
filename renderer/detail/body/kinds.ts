import type { Language } from './work/work.ts';

export type BodyView =
  | 'json'
  | 'source'
  | 'form'
  | 'parts'
  | 'table'
  | 'image'
  | 'media'
  | 'pdf'
  | 'msgpack'
  | 'protobuf'
  | 'text'
  | 'hex';

export const viewNames: Readonly<Record<BodyView, string>> = {
  json: 'JSON',
  source: 'Source',
  form: 'Form',
  parts: 'Parts',
  table: 'Table',
  image: 'Image',
  media: 'Media',
  pdf: 'PDF',
  msgpack: 'MessagePack',
  protobuf: 'Protobuf',
  text: 'Text',
  hex: 'Hex',
};

const IMAGES = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
  'image/x-icon',
  'image/vnd.microsoft.icon',
  'image/svg+xml',
]);
const TEXTS =
  /^(?:text\/|application\/(?:.*(?:json|xml|javascript|ecmascript|yaml|graphql|sql)|x-www-form-urlencoded|x-ndjson|toml|xhtml\+xml))/;

function isJson(type: string): boolean {
  return /[/+](?:[\w.-]*json|x-ndjson|jsonl|manifest\+json)$/.test(type) || type === 'application/x-ndjson';
}

/** The language of a text by its media type; null when it is none that is put into lines. */
export function languageOf(type: string): Language | null {
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html';
  if (/[/+]xml$/.test(type)) return 'xml';
  if (type === 'text/css') return 'css';
  return /^(?:text|application)\/(?:x-)?(?:java|ecma|type)script$/.test(type) ? 'javascript' : null;
}

const MAGIC: readonly [type: string, start: RegExp][] = [
  ['image/png', /^\u0089PNG/],
  ['image/jpeg', /^\u00ff\u00d8\u00ff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF[^]{4}WEBP/],
  ['audio/wav', /^RIFF[^]{4}WAVE/],
  ['audio/flac', /^fLaC/],
  ['audio/ogg', /^OggS/],
  ['audio/mpeg', /^ID3/],
  ['video/mp4', /^[^]{4}ftyp/],
  ['video/webm', /^\u001aE\u00df\u00a3/],
  ['application/pdf', /^%PDF-/],
  ['text/html', /^\s*<(?:!doctype html|html)\b/i],
  ['application/xml', /^(?:\u00ef\u00bb\u00bf)?\s*<\?xml\b/],
  ['application/json', /^\s*[[{]\s*(?:["[{\]}\d]|true|false|null)/],
];
const MAGIC_BYTES = 256;

/** What bytes look like that came without a type, or with one that says nothing; empty when they look like nothing. */
export function sniff(bytes: Uint8Array): string {
  const start = String.fromCharCode(...bytes.subarray(0, MAGIC_BYTES));
  return MAGIC.find(([, pattern]) => pattern.test(start))?.[0] ?? '';
}

/** The ways in which a type of body is looked at, the best first. */
function viewsOfType(type: string): BodyView[] {
  if (IMAGES.has(type)) return type === 'image/svg+xml' ? ['image', 'source', 'text', 'hex'] : ['image', 'hex'];
  if (type === 'application/x-www-form-urlencoded') return ['form', 'text', 'hex'];
  if (type.startsWith('multipart/')) return ['parts', 'text', 'hex'];
  if (type.startsWith('audio/') || type.startsWith('video/')) return ['media', 'hex'];
  if (type === 'application/pdf') return ['pdf', 'hex'];
  if (/^application\/(?:x-|vnd\.)?msgpack$/.test(type)) return ['msgpack', 'hex'];
  if (/^application\/(?:grpc(?!-web-text)|(?:x-|vnd\.google\.)?protobuf)/.test(type) && !type.endsWith('json'))
    return ['protobuf', 'hex'];
  if (type === 'text/csv' || type === 'text/tab-separated-values') return ['table', 'text', 'hex'];
  if (isJson(type)) return ['json', 'text', 'hex'];
  if (languageOf(type) !== null) return ['source', 'text', 'hex'];
  return TEXTS.test(type) ? ['text', 'hex'] : ['hex', 'text'];
}

/** Views that make sense of any bytes, for whoever knows better than the type. */
const ANYWAY: readonly BodyView[] = ['json', 'source', 'table', 'form', 'msgpack', 'protobuf', 'image'];

/** Types that say nothing. */
const SILENT = new Set(['', 'application/octet-stream', 'binary/octet-stream', 'text/plain']);

/** What suits a body, the best first, and what else could be tried; `looks` is what its bytes look like. */
export function viewsOf(mediaType: string, looks: string): { suited: BodyView[]; others: BodyView[] } {
  const silent = SILENT.has(mediaType);
  const suited = viewsOfType(silent && looks !== '' ? looks : mediaType === '' ? 'text/plain' : mediaType);
  return { suited, others: ANYWAY.filter((view) => !suited.includes(view)) };
}
