import { assertNever, SidetapError } from '../errors.ts';
import type { ComposedRequest } from '../rrpair/compose.ts';
import type { HeaderField } from '../rrpair/shapes.ts';
import type { CurlArgument } from './curl-arguments.ts';
import { CurlBody } from './curl-body.ts';
import { aboutTheRequest, aboutTheWay } from './curl-options.ts';
import { splitCurlUrl } from './curl-url.ts';
import { shown } from './words.ts';

export interface ReadCurl {
  request: Required<ComposedRequest>;
  insecure: boolean;
  notes: string[];
}

/** What the arguments of one curl command send. Values hold bytes as latin-1. */
export function readCurl(args: readonly CurlArgument[]): ReadCurl {
  const reader = new CurlReader();
  for (const argument of args) if (!reader.read(argument)) break;
  return reader.result();
}

class CurlReader {
  readonly #notes = new Set<string>();
  readonly #aside = new Set<string>();
  readonly #urls: string[] = [];
  readonly #headers: string[] = [];
  readonly #queries: string[] = [];
  readonly #cookies: string[] = [];
  readonly #body = new CurlBody((note) => this.#notes.add(note));
  /** Fields by the option that sets them. */
  readonly #fields = new Map<string, string>();
  #method: string | null = null;
  #target: string | null = null;
  #version: ComposedRequest['version'] = 'HTTP/1.1';
  #insecure = false;
  #head = false;
  #get = false;
  #asIs = false;
  #glob = true;
  #proto = 'http';

  /** False when what follows belongs to another request. */
  read(argument: CurlArgument): boolean {
    switch (argument.kind) {
      case 'url':
        this.#urls.push(argument.value);
        return true;
      case 'unknown':
        this.#notes.add(`curl’s option ${shown(argument.shown)} is not known here, so it was left out.`);
        return true;
      case 'incomplete':
        this.#notes.add(`${argument.shown} has no value, so it was left out.`);
        return true;
      case 'option':
        if (argument.name === 'next') {
          this.#notes.add('Only the first request was read; what follows --next was not.');
          return false;
        }
        if (argument.value === null) this.#switch(argument.name, argument.shown, argument.on);
        else this.#option(argument.name, argument.shown, argument.value);
        return true;
      default:
        return assertNever(argument);
    }
  }

  #switch(name: string, shownAs: string, on: boolean): void {
    if (name === 'get') this.#get = on;
    else if (name === 'head') this.#head = on;
    else if (name === 'insecure') this.#insecure = on;
    else if (name === 'path-as-is') this.#asIs = on;
    else if (name === 'globoff') this.#glob = !on;
    else if (name === 'http1.0') this.#version = 'HTTP/1.0';
    else if (name === 'http1.1') this.#version = 'HTTP/1.1';
    // `--http2` alone only offers it: what answers in HTTP/1 is asked in that.
    else if (name === 'http2-prior-knowledge') this.#version = 'HTTP/2';
    else if (name === 'basic') this.#aside.add(shownAs);
    else if (name === 'compressed') this.#set('Accept-Encoding', on ? 'deflate, gzip, br, zstd' : null);
    else if (name === 'tr-encoding') {
      this.#set('TE', on ? 'gzip' : null);
      this.#set('Connection', on ? 'TE' : null);
    } else this.#leave(name, shownAs);
  }

  #option(name: string, shownAs: string, value: string): void {
    if (this.#body.option(name, value)) return;
    switch (name) {
      case 'url':
        this.#urls.push(value);
        break;
      case 'request':
        this.#method = value;
        break;
      case 'request-target':
        this.#target = value;
        break;
      case 'header':
        if (value.startsWith('@')) this.#unread(`Header fields`, value.slice(1));
        else this.#headers.push(value);
        break;
      case 'url-query':
        this.#queries.push(this.#body.urlencoded(value.startsWith('+') ? value.slice(1) : value));
        break;
      case 'user':
        if (!value.includes(':')) this.#notes.add(`${shownAs} has no password: curl would ask for one, here it is empty.`);
        this.#set('Authorization', `Basic ${Buffer.from(value.includes(':') ? value : `${value}:`, 'latin1').toString('base64')}`);
        break;
      case 'oauth2-bearer':
        this.#set('Authorization', `Bearer ${value}`);
        break;
      case 'user-agent':
        this.#set('User-Agent', value);
        break;
      case 'referer':
        this.#set('Referer', value.replace(/;auto$/, ''));
        if (value.endsWith(';auto')) this.#notes.add('The “;auto” of a referer is left out: redirects are not followed.');
        break;
      case 'cookie':
        if (value.includes('=')) this.#cookies.push(value);
        else this.#unread('Cookies', value);
        break;
      case 'range':
        this.#set('Range', `bytes=${value}`);
        break;
      case 'proto-default':
        this.#proto = value;
        break;
      case 'time-cond': {
        const date = new Date(value.replace(/^[-=+]/, ''));
        if (Number.isNaN(date.getTime())) this.#unread('A date', value);
        else this.#set(value.startsWith('-') ? 'If-Unmodified-Since' : 'If-Modified-Since', date.toUTCString());
        break;
      }
      default:
        this.#leave(name, shownAs);
    }
  }

  #leave(name: string, shownAs: string): void {
    if (aboutTheWay.has(name))
      this.#notes.add(`${shownAs} is not followed: the request goes straight to its URL, once, over HTTP/1.`);
    else if (aboutTheRequest.has(name))
      this.#notes.add(`${shownAs} would change the request in a way that is not reproduced here.`);
    else this.#aside.add(shownAs);
  }

  #set(name: string, value: string | null): void {
    if (value === null) this.#fields.delete(name);
    else this.#fields.set(name, value);
  }

  #unread(what: string, file: string): void {
    this.#notes.add(`${what} would come from the file ${shown(file)}, which is not read.`);
  }

  result(): ReadCurl {
    const [given, ...more] = this.#urls;
    if (given === undefined) throw new SidetapError('bad-usage', 'The curl command has no URL.');
    if (more.length > 0) this.#notes.add(`Only the first URL was read, not ${more.map(shown).join(', ')}.`);
    const body = this.#body.result();
    const queries = this.#get && body !== null ? [...this.#queries, body.bytes] : this.#queries;
    const sent = this.#get ? null : body;
    const url = splitCurlUrl(given, {
      proto: this.#proto,
      asIs: this.#asIs,
      glob: this.#glob,
      queries,
      file: sent?.upload ?? null,
      note: (text) => this.#notes.add(text),
    });
    if (url.user !== null && !this.#fields.has('Authorization')) this.#set('Authorization', `Basic ${url.user}`);
    const method = this.#method ?? (this.#head ? 'HEAD' : sent === null ? 'GET' : sent.upload === null ? 'POST' : 'PUT');
    const { headers, chunked, automatic } = this.#fieldsOf(url.authority, sent);
    if (this.#aside.size > 0) this.#notes.add(`Not part of a request, so left out: ${[...this.#aside].join(', ')}.`);
    return {
      request: {
        method: shown(method),
        url: shown(url.origin + url.path),
        target: this.#target ?? (/[^\x21-\x7e]/.test(url.path) ? url.path : null),
        version: this.#version,
        headers,
        bodyBase64: Buffer.from(sent?.bytes ?? '', 'latin1').toString('base64'),
        chunked,
        automatic,
      },
      insecure: this.#insecure,
      notes: [...this.#notes],
    };
  }

  /** curl's own fields first, as far as none was given or taken away with -H, then those given, in their order. */
  #fieldsOf(
    authority: string,
    body: ReturnType<CurlBody['result']>,
  ): { headers: HeaderField[]; chunked: boolean; automatic: boolean } {
    const given: HeaderField[] = [];
    const mentioned = new Set<string>();
    let host: HeaderField | null = ['Host', authority];
    let chunked = false;
    for (const line of this.#headers) {
      const field = headerField(line);
      if (field === null) {
        this.#notes.add(`The header “${shown(line)}” has no colon, so curl would not send it.`);
        continue;
      }
      const lower = field.name.toLowerCase();
      mentioned.add(lower);
      if (lower === 'host') host = field.value === null ? null : [field.name, field.value];
      else if (lower === 'transfer-encoding' && field.value !== null && /^chunked$/i.test(field.value) && body !== null) {
        chunked = true;
        given.push([field.name, field.value]);
      } else if (field.value !== null) given.push([field.name, field.value]);
    }
    if (this.#cookies.length > 0) this.#set('Cookie', this.#cookies.join('; '));
    const own: HeaderField[] = [];
    const defaults: [string, string | null][] = [
      ['Authorization', this.#fields.get('Authorization') ?? null],
      ['User-Agent', this.#fields.get('User-Agent') ?? 'curl/8'],
      ['Range', this.#fields.get('Range') ?? null],
      ['Accept', body?.accept ?? '*/*'],
      ...['TE', 'Connection', 'Accept-Encoding', 'Referer', 'Cookie', 'If-Modified-Since', 'If-Unmodified-Since'].map(
        (name): [string, string | null] => [name, this.#fields.get(name) ?? null],
      ),
    ];
    for (const [name, value] of defaults) {
      // An empty one (-A '') is none.
      if (value !== null && value !== '' && !mentioned.has(name.toLowerCase())) own.push([name, value]);
    }
    const contentType = body?.contentType ?? null;
    const type: HeaderField[] = contentType === null || mentioned.has('content-type') ? [] : [['Content-Type', contentType]];
    const framing: HeaderField[] =
      host === null && body !== null && !chunked && !mentioned.has('content-length')
        ? [['Content-Length', String(body.bytes.length)]]
        : [];
    const headers = [...(host === null ? [] : [host]), ...own, ...given, ...type, ...framing];
    return { headers, chunked, automatic: host !== null };
  }
}

/** `Name: value`, `Name;` (an empty value) and `Name:` (do not send it; value null). */
function headerField(line: string): { name: string; value: string | null } | null {
  const colon = line.indexOf(':');
  if (colon < 0) return line.endsWith(';') ? { name: line.slice(0, -1), value: '' } : null;
  const value = line.slice(colon + 1).replaceAll(/^[ \t]+|[ \t\r\n]+$/g, '');
  return { name: line.slice(0, colon), value: value === '' ? null : value };
}
