import type { MessageDetail } from '../../../proxy-core/rrpair/shapes.ts';

export type BodyView = 'json' | 'form' | 'image' | 'text' | 'hex';

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

/** The ways in which a body can be looked at, the best first. */
export function viewsOf({ mediaType }: Pick<MessageDetail, 'mediaType'>): BodyView[] {
  if (IMAGES.has(mediaType)) return mediaType === 'image/svg+xml' ? ['image', 'text', 'hex'] : ['image', 'hex'];
  if (mediaType === 'application/x-www-form-urlencoded') return ['form', 'text', 'hex'];
  if (isJson(mediaType)) return ['json', 'text', 'hex'];
  // What has no type, or a text's, may be JSON all the same: the view shows itself when it is.
  if (TEXTS.test(mediaType) || mediaType === '') return ['text', 'json', 'hex'];
  return ['hex', 'text'];
}

export const viewNames: Readonly<Record<BodyView, string>> = {
  json: 'JSON',
  form: 'Form',
  image: 'Image',
  text: 'Text',
  hex: 'Hex',
};

/** Whether a text could be JSON, by its first character. */
export function looksLikeJson(text: string): boolean {
  return /^\s*[[{"]/.test(text);
}
