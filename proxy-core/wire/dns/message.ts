import { Content } from '../content.ts';

/** Types of records (https://www.iana.org/assignments/dns-parameters). */
const types = new Map<number, string>([
  [1, 'A'],
  [2, 'NS'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [12, 'PTR'],
  [13, 'HINFO'],
  [15, 'MX'],
  [16, 'TXT'],
  [17, 'RP'],
  [28, 'AAAA'],
  [29, 'LOC'],
  [33, 'SRV'],
  [35, 'NAPTR'],
  [37, 'CERT'],
  [39, 'DNAME'],
  [41, 'OPT'],
  [43, 'DS'],
  [44, 'SSHFP'],
  [46, 'RRSIG'],
  [47, 'NSEC'],
  [48, 'DNSKEY'],
  [50, 'NSEC3'],
  [51, 'NSEC3PARAM'],
  [52, 'TLSA'],
  [59, 'CDS'],
  [60, 'CDNSKEY'],
  [64, 'SVCB'],
  [65, 'HTTPS'],
  [99, 'SPF'],
  [249, 'TKEY'],
  [250, 'TSIG'],
  [251, 'IXFR'],
  [252, 'AXFR'],
  [255, 'ANY'],
  [257, 'CAA'],
]);

const codes = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
];

export const operations: Readonly<Record<number, string>> = {
  0: 'Query',
  1: 'InverseQuery',
  2: 'Status',
  4: 'Notify',
  5: 'Update',
  6: 'Stateful',
};

export const SOA = 6;

/** Bytes of a message before its first question (RFC 1035, 4.1.1). */
export const HEADER_BYTES = 12;

export interface Head {
  id: number;
  isResponse: boolean;
  operation: number;
  /** As dig names them: `aa`, `rd`. */
  flags: string[];
  code: number;
  questions: number;
  answers: number;
  authorities: number;
  additional: number;
}

export function headOf(content: Content): Head {
  const id = content.uint16();
  const bits = content.uint16();
  const names = ['cd', 'ad', '', 'ra', 'rd', 'tc', 'aa'];
  return {
    id,
    isResponse: (bits & 0x80_00) !== 0,
    operation: (bits >> 11) & 15,
    flags: names.filter((name, index) => name !== '' && (bits & (0x10 << index)) !== 0).toReversed(),
    code: bits & 15,
    questions: content.uint16(),
    answers: content.uint16(),
    authorities: content.uint16(),
    additional: content.uint16(),
  };
}

/** Characters of a name with its dots escaped; a name has at most 255 bytes (RFC 1035, 2.3.4). */
const MOST_LABELS = 128;

/** A name, whose end may stand elsewhere in the message (RFC 1035, 4.1.4). Null where it makes no sense. */
export function nameOf(content: Content): string | null {
  const labels: string[] = [];
  let at = content.at;
  let jumped = false;
  for (let left = MOST_LABELS; left > 0; left -= 1) {
    const length = content.bytes[at];
    if (length === undefined) return null;
    if (length >= 0xc0) {
      const low = content.bytes[at + 1];
      if (low === undefined) return null;
      if (!jumped) content.at = at + 2;
      jumped = true;
      at = ((length & 0x3f) << 8) | low;
    } else if (length > 63) return null;
    else {
      at += 1 + length;
      if (!jumped) content.at = at;
      if (length === 0) return labels.length === 0 ? '.' : labels.join('.');
      if (at > content.bytes.length) return null;
      labels.push(labelText(content.bytes.subarray(at - length, at)));
    }
  }
  return null;
}

function labelText(bytes: Buffer): string {
  return Array.from(bytes, (byte) => {
    if (byte <= 0x20 || byte >= 0x7f) return `\\${String(byte).padStart(3, '0')}`;
    return byte === 0x2e || byte === 0x5c ? `\\${String.fromCharCode(byte)}` : String.fromCharCode(byte);
  }).join('');
}

export interface Question {
  name: string;
  type: number;
  class: number;
}

export function questionOf(content: Content): Question | null {
  const name = nameOf(content);
  return name === null || content.left < 4 ? null : { name, type: content.uint16(), class: content.uint16() };
}

export interface ResourceRecord extends Question {
  ttl: number;
  /** Where its data stands in the message. */
  from: number;
  bytes: number;
}

export function recordOf(content: Content): ResourceRecord | null {
  const question = questionOf(content);
  if (question === null || content.left < 6) return null;
  const ttl = content.uint32();
  const bytes = content.uint16();
  const from = content.at;
  content.at += bytes;
  return content.left < 0 ? null : { ...question, ttl, from, bytes };
}

export function typeName(type: number): string {
  return types.get(type) ?? `TYPE${String(type)}`;
}

export function isKnownType(type: number): boolean {
  return types.has(type);
}

export function className(code: number): string {
  return { 1: 'IN', 3: 'CH', 4: 'HS', 254: 'NONE', 255: 'ANY' }[code] ?? `CLASS${String(code)}`;
}

export function codeName(code: number): string {
  return codes[code] ?? `RCODE${String(code)}`;
}

/** A name that is not there is an answer like any other; everything else that is no success is an error. */
export function statusOf(code: number): string {
  if (code === 0) return 'OK';
  return code === 3 ? 'NXDOMAIN' : `ERR:${codeName(code)}`;
}

/** The data of a record as dig writes it. */
export function dataOf(message: Buffer, record: ResourceRecord): string {
  const data = message.subarray(record.from, record.from + record.bytes);
  const content = new Content(message, record.from);
  const name = (): string => nameOf(content) ?? '';
  switch (typeName(record.type)) {
    case 'A':
      return data.length === 4 ? data.join('.') : hex(data);
    case 'AAAA':
      return data.length === 16 ? ipv6(data) : hex(data);
    case 'NS':
    case 'CNAME':
    case 'PTR':
    case 'DNAME':
      return name();
    case 'MX':
      return `${String(content.uint16())} ${name()}`;
    case 'SRV':
      return `${String(content.uint16())} ${String(content.uint16())} ${String(content.uint16())} ${name()}`;
    case 'SOA': {
      const names = `${name()} ${name()}`;
      return [names, ...Array.from({ length: 5 }, () => String(content.uint32()))].join(' ');
    }
    case 'TXT':
    case 'SPF':
      return texts(data);
    case 'CAA': {
      const tag = data.subarray(2, 2 + (data[1] ?? 0));
      return `${String(data[0] ?? 0)} ${tag.toString('latin1')} ${JSON.stringify(data.toString('utf8', 2 + tag.length))}`;
    }
    default:
      return hex(data);
  }
}

function texts(data: Buffer): string {
  const content = new Content(data);
  const all: string[] = [];
  while (content.left > 0) all.push(JSON.stringify(content.take(content.byte()).toString('utf8')));
  return all.join(' ');
}

function hex(data: Buffer): string {
  return data.length === 0 ? '' : `0x${data.subarray(0, 1_000).toString('hex')}`;
}

/** As RFC 5952 writes it: the longest run of zeros is left out. */
function ipv6(data: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => data.readUInt16BE(index * 2).toString(16));
  const runs = groups.join(':').match(/\b0(?::0)+\b/g) ?? [];
  const longest = runs.toSorted((a, b) => b.length - a.length)[0];
  if (longest === undefined) return groups.join(':');
  return groups.join(':').replace(longest, '::').replace(/:{3,}/, '::');
}
