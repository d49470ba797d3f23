import { type Form, multipart } from './curl-form.ts';
import { shown } from './words.ts';

export interface ReadBody {
  /** As latin-1. */
  bytes: string;
  /** What curl sends unless -H says otherwise. */
  contentType: string | null;
  accept: string | null;
  /** The name of the file that is uploaded (-T); null for other bodies. */
  upload: string | null;
}

/** Collects what the options of a curl command say of the body. */
export class CurlBody {
  readonly #note: (text: string) => void;
  #data: string | null = null;
  #json = false;
  #upload: string | null = null;
  readonly #fields: { text: string; plain: boolean }[] = [];

  constructor(note: (text: string) => void) {
    this.#note = note;
  }

  /** False when the option is about something else. */
  option(name: string, value: string): boolean {
    switch (name) {
      case 'data':
      case 'data-ascii':
      case 'data-binary':
        this.#add(this.#fileOr(value), '&');
        return true;
      case 'data-raw':
        this.#add(value, '&');
        return true;
      case 'data-urlencode':
        this.#add(this.urlencoded(value), '&');
        return true;
      case 'json':
        this.#json = true;
        this.#add(this.#fileOr(value), '');
        return true;
      case 'form':
      case 'form-string':
        this.#fields.push({ text: value, plain: name === 'form-string' });
        return true;
      case 'upload-file':
        this.#upload = value;
        return true;
      default:
        return false;
    }
  }

  /** `content`, `=content`, `name=content`, `@file` and `name@file` (curl(1), --data-urlencode). */
  urlencoded(value: string): string {
    const at = value.search(/[=@]/);
    if (at < 0) return encode(value);
    const name = value.slice(0, at);
    const rest = value.slice(at + 1);
    if (value[at] === '@') this.#unread(rest);
    const content = value[at] === '@' ? '' : encode(rest);
    return name === '' ? content : `${name}=${content}`;
  }

  result(): ReadBody | null {
    if (this.#upload !== null) {
      this.#unread(this.#upload);
      return { bytes: '', contentType: null, accept: null, upload: this.#upload };
    }
    if (this.#fields.length > 0) {
      const form: Form = multipart(this.#fields);
      for (const note of form.notes) this.#note(note);
      return { bytes: form.body, contentType: form.contentType, accept: null, upload: null };
    }
    if (this.#data === null) return null;
    const json = 'application/json';
    const contentType = this.#json ? json : 'application/x-www-form-urlencoded';
    return { bytes: this.#data, contentType, accept: this.#json ? json : null, upload: null };
  }

  #add(text: string, separator: string): void {
    this.#data = this.#data === null ? text : this.#data + separator + text;
  }

  #fileOr(value: string): string {
    if (!value.startsWith('@')) return value;
    this.#unread(value.slice(1));
    return '';
  }

  #unread(file: string): void {
    this.#note(`The body would come from the file ${shown(file)}, which is not read: put its contents in.`);
  }
}

/** As curl's tool does it: percent-encoded, with a plus sign for a space. */
function encode(latin1: string): string {
  return latin1.replaceAll(/[^A-Za-z0-9._~-]/g, (byte) =>
    byte === ' ' ? '+' : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
