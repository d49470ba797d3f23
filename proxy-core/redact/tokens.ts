import { MASK } from './secrets.ts';

/** Told of each secret that was found: what it is called, and its value. */
export type OnText = (name: string, value: string) => void;

interface TokenForm {
  name: string;
  prefix: string;
  /** What follows it. */
  characters: RegExp;
  least: number;
  /** Runs joined by dots, as in a JSON Web Token. */
  runs?: number;
}

const word = /[A-Za-z0-9_-]/;
const plain = /[A-Za-z0-9]/;

/** Tokens that say by their first characters what they are. */
const forms: readonly TokenForm[] = [
  { name: 'JSON Web Token', prefix: 'eyJ', characters: word, least: 10, runs: 3 },
  { name: 'AWS access key', prefix: 'AKIA', characters: /[A-Z0-9]/, least: 16 },
  { name: 'AWS access key', prefix: 'ASIA', characters: /[A-Z0-9]/, least: 16 },
  { name: 'GitHub token', prefix: 'ghp_', characters: plain, least: 36 },
  { name: 'GitHub token', prefix: 'gho_', characters: plain, least: 36 },
  { name: 'GitHub token', prefix: 'ghs_', characters: plain, least: 36 },
  { name: 'GitHub token', prefix: 'ghu_', characters: plain, least: 36 },
  { name: 'GitHub token', prefix: 'ghr_', characters: plain, least: 36 },
  { name: 'GitHub token', prefix: 'github_pat_', characters: /\w/, least: 40 },
  { name: 'GitLab token', prefix: 'glpat-', characters: word, least: 20 },
  { name: 'Slack token', prefix: 'xoxb-', characters: word, least: 20 },
  { name: 'Slack token', prefix: 'xoxp-', characters: word, least: 20 },
  { name: 'Slack token', prefix: 'xoxa-', characters: word, least: 20 },
  { name: 'Stripe key', prefix: 'sk_live_', characters: plain, least: 16 },
  { name: 'Stripe key', prefix: 'rk_live_', characters: plain, least: 16 },
  { name: 'Google API key', prefix: 'AIza', characters: word, least: 35 },
  { name: 'npm token', prefix: 'npm_', characters: plain, least: 36 },
  { name: 'SendGrid key', prefix: 'SG.', characters: word, least: 16, runs: 2 },
];

const KEY_BEGIN = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/g;
const KEY_END = '-----END';

/** Masks tokens and private keys that are known by their form, wherever they stand in a text. Takes one pass per form. */
export function maskTokens(text: string, onSecret: OnText): string {
  let out = maskPrivateKeys(text, onSecret);
  for (const form of forms) if (out.includes(form.prefix)) out = maskForm(out, form, onSecret);
  return out;
}

function maskForm(text: string, form: TokenForm, onSecret: OnText): string {
  let out = '';
  let copied = 0;
  for (let at = text.indexOf(form.prefix); at >= 0; ) {
    const end = tokenEnd(text, at, form);
    const begins = at === 0 || !plain.test(text.charAt(at - 1));
    if (end.fits && begins) {
      onSecret(form.name, text.slice(at, end.at));
      out += text.slice(copied, at) + MASK;
      copied = end.at;
    }
    // No token can begin in a run that was too short or went on too long: it would end where that did.
    at = text.indexOf(form.prefix, end.at);
  }
  return copied === 0 ? text : out + text.slice(copied);
}

function tokenEnd(text: string, start: number, { prefix, characters, least, runs = 1 }: TokenForm): { at: number; fits: boolean } {
  let at = start + prefix.length;
  for (let run = 1; ; run += 1) {
    const from = at;
    while (at < text.length && characters.test(text.charAt(at))) at += 1;
    if (at - from < least) return { at: Math.max(at, start + prefix.length), fits: false };
    if (run === runs) return { at, fits: true };
    if (text.charAt(at) !== '.') return { at, fits: false };
    at += 1;
  }
}

function maskPrivateKeys(text: string, onSecret: OnText): string {
  if (!text.includes('PRIVATE KEY-----')) return text;
  let out = '';
  let copied = 0;
  for (const match of text.matchAll(KEY_BEGIN)) {
    if (match.index < copied) continue;
    const from = match.index + match[0].length;
    const close = text.indexOf(KEY_END, from);
    const end = close < 0 ? text.length : close;
    onSecret('private key', text.slice(from, end));
    out += `${text.slice(copied, from)}${MASK}`;
    copied = end;
  }
  return out + text.slice(copied);
}
