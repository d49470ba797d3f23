import { randomBytes } from 'node:crypto';
import { shown } from './words.ts';

export interface Form {
  contentType: string;
  /** Bytes as latin-1. */
  body: string;
  notes: string[];
}

/** `-F` and `--form-string` as multipart/form-data (RFC 7578), written as curl writes it. Files are named, not read. */
export function multipart(fields: readonly { text: string; plain: boolean }[]): Form {
  const boundary = `------------------------${randomBytes(8).toString('hex')}`;
  const notes: string[] = [];
  const parts = fields.map(({ text, plain }) => {
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    const value = equals < 0 ? '' : text.slice(equals + 1);
    if (equals < 0) notes.push(`The form field “${shown(name)}” has no value.`);
    return `--${boundary}\r\n${plain ? part(name, value, {}) : readPart(name, value, notes)}\r\n`;
  });
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: `${parts.join('')}--${boundary}--\r\n`, notes };
}

interface PartOptions {
  type?: string;
  filename?: string;
  headers?: string;
}

function readPart(name: string, value: string, notes: string[]): string {
  const file = /^[@<]/.exec(value)?.[0];
  const { content, options } = splitOptions(file === undefined ? value : value.slice(1));
  if (file === undefined) return part(name, content, options);
  notes.push(`The form field “${shown(name)}” would hold the file ${shown(content)}, which is not read: it is empty here.`);
  if (file === '<') return part(name, '', options);
  const filename = options.filename ?? content.replace(/^.*[/\\]/, '');
  return part(name, '', { ...options, type: options.type ?? typeOf(filename) ?? 'application/octet-stream', filename });
}

/** `value;type=text/plain;filename=x`. A value in quotes may hold semicolons. */
function splitOptions(text: string): { content: string; options: PartOptions } {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(text);
  const unquoted = /^(.*?)(?=;(?:type|filename|headers|encoder)=|$)/s.exec(text)?.[1] ?? '';
  const content = quoted === null ? unquoted : (quoted[1] ?? '').replaceAll(/\\(["\\])/g, '$1');
  const options: PartOptions = {};
  const rest = text.slice(quoted === null ? unquoted.length : quoted[0].length);
  for (const [, key, plain, inQuotes] of rest.matchAll(/;(type|filename|headers|encoder)=(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g)) {
    const value = plain ?? inQuotes ?? '';
    if (key === 'type') options.type = value;
    else if (key === 'filename') options.filename = value;
    else if (key === 'headers') options.headers = value;
  }
  return { content, options };
}

function part(name: string, content: string, { type, filename, headers }: PartOptions): string {
  const sentType = type ?? (filename === undefined ? undefined : typeOf(filename));
  const lines = [
    `Content-Disposition: form-data; name="${escaped(name)}"${filename === undefined ? '' : `; filename="${escaped(filename)}"`}`,
    ...(sentType === undefined ? [] : [`Content-Type: ${sentType}`]),
    ...(headers === undefined ? [] : [headers]),
  ];
  return `${lines.join('\r\n')}\r\n\r\n${content}`;
}

/** The type that curl takes a file for by its name's ending. */
function typeOf(filename: string): string | undefined {
  return types[/\.(\w+)$/.exec(filename.toLowerCase())?.[1] ?? ''];
}

const types: Readonly<Record<string, string>> = {
  gif: 'image/gif',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  htm: 'text/html',
  html: 'text/html',
  pdf: 'application/pdf',
  xml: 'application/xml',
};

function escaped(text: string): string {
  return text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
