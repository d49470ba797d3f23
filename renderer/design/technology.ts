export type Hue = 'amber' | 'blue' | 'green' | 'violet' | 'rose' | 'teal' | 'grey';

const KNOWN: Readonly<Record<string, Hue>> = {
  json: 'amber',
  html: 'blue',
  xml: 'teal',
  graphql: 'rose',
  grpc: 'teal',
  protobuf: 'teal',
  image: 'violet',
  css: 'blue',
  javascript: 'amber',
  form: 'green',
  multipart: 'green',
  websocket: 'green',
  sse: 'green',
  postgres: 'blue',
  mysql: 'teal',
  redis: 'rose',
  http: 'grey',
  https: 'grey',
  tls: 'grey',
  tcp: 'grey',
  text: 'grey',
};
const HUES: readonly Hue[] = ['amber', 'blue', 'green', 'violet', 'rose', 'teal'];

/** A technology keeps its colour everywhere and always, also one that is not in the table. */
export function technologyHue(name: string): Hue {
  const key = name.toLowerCase();
  const known = KNOWN[key];
  if (known !== undefined) return known;
  let hash = 0;
  for (const character of key) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return HUES[hash % HUES.length] ?? 'grey';
}
