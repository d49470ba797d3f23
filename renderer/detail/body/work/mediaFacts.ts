/** Facts about pictures, sound, films and PDF files, from their own bytes. Nothing is decoded or played. */
export type MediaFacts = [name: string, value: string][];

function ascii(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length));
}

function seconds(value: number): string {
  if (!Number.isFinite(value) || value <= 0) return '';
  const whole = Math.round(value);
  return value < 60 ? `${value.toFixed(1)} s` : `${Math.floor(whole / 60)} m ${String(whole % 60).padStart(2, '0')} s`;
}

const hertz = (rate: number): string => `${rate.toLocaleString('en-US')} Hz`;

function png(bytes: Uint8Array, view: DataView): MediaFacts {
  const kinds = ['grey', '', 'RGB', 'palette', 'grey with alpha', '', 'RGB with alpha'];
  const facts: MediaFacts = [
    ['Size', `${view.getUint32(16)} × ${view.getUint32(20)}`],
    ['Colours', `${kinds[bytes[25] ?? 0] ?? ''}, ${bytes[24]} bits a channel`],
  ];
  if (bytes[28] === 1) facts.push(['Interlaced', 'yes']);
  for (let at = 8; at + 8 < bytes.length; at += 12 + view.getUint32(at)) {
    const kind = ascii(bytes, at + 4, 4);
    if (kind === 'acTL') facts.push(['Frames', String(view.getUint32(at + 8))]);
    if (kind === 'IDAT' || kind === 'IEND') break;
  }
  return facts;
}

function jpeg(bytes: Uint8Array, view: DataView): MediaFacts {
  const facts: MediaFacts = [];
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; at += 2 + view.getUint16(at + 2)) {
    const mark = bytes[at + 1] ?? 0;
    if (mark === 0xe1 && ascii(bytes, at + 4, 4) === 'Exif') facts.push(['EXIF', 'yes: it may tell where and when it was taken']);
    if (mark >= 0xc0 && mark <= 0xcf && mark !== 0xc4 && mark !== 0xc8 && mark !== 0xcc) {
      facts.unshift(['Size', `${view.getUint16(at + 7)} × ${view.getUint16(at + 5)}`]);
      facts.push(['Coding', mark === 0xc2 ? 'progressive' : 'sequential'], ['Channels', String(bytes[at + 9])]);
      break;
    }
    if (mark === 0xda) break;
  }
  return facts;
}

function wav(bytes: Uint8Array, view: DataView): MediaFacts {
  const facts: MediaFacts = [];
  let rate = 0;
  for (let at = 12; at + 8 <= bytes.length; at += 8 + view.getUint32(at + 4, true) + (view.getUint32(at + 4, true) & 1)) {
    const kind = ascii(bytes, at, 4);
    if (kind === 'fmt ' && at + 24 <= bytes.length) {
      rate = view.getUint32(at + 16, true);
      facts.push(['Channels', String(view.getUint16(at + 10, true))], ['Sample rate', hertz(view.getUint32(at + 12, true))]);
      facts.push(['Bits a sample', String(view.getUint16(at + 22, true))]);
    }
    if (kind === 'data' && rate > 0) facts.push(['Duration', seconds(view.getUint32(at + 4, true) / rate)]);
  }
  return facts;
}

function flac(bytes: Uint8Array, view: DataView): MediaFacts {
  const rate = view.getUint32(18) >>> 12;
  const samples = ((bytes[21] ?? 0) & 0x0f) * 2 ** 32 + view.getUint32(22);
  return [
    ['Channels', String((((bytes[20] ?? 0) >> 1) & 7) + 1)],
    ['Sample rate', hertz(rate)],
    ['Duration', seconds(samples / rate)],
  ];
}

function ogg(bytes: Uint8Array, view: DataView): MediaFacts {
  const start = ascii(bytes, 0, 200);
  const vorbis = start.indexOf('\u0001vorbis');
  const opus = start.indexOf('OpusHead');
  const rate = vorbis > 0 ? view.getUint32(vorbis + 12, true) : 48_000;
  const facts: MediaFacts = [
    ['Codec', opus > 0 ? 'Opus' : vorbis > 0 ? 'Vorbis' : start.includes('theora') ? 'Theora' : 'unknown'],
  ];
  if (vorbis > 0 || opus > 0)
    facts.push(['Channels', String(bytes[vorbis > 0 ? vorbis + 11 : opus + 9])], ['Sample rate', hertz(rate)]);
  for (let at = bytes.length - 27; at > 0 && at > bytes.length - 70_000; at -= 1) {
    if (ascii(bytes, at, 4) !== 'OggS') continue;
    if (vorbis > 0 || opus > 0) facts.push(['Duration', seconds(Number(view.getBigInt64(at + 6, true)) / rate)]);
    break;
  }
  return facts;
}

const MP3_RATES = [44_100, 48_000, 32_000];
const MP3_KILOBITS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];

function mp3(bytes: Uint8Array): MediaFacts {
  let at = 0;
  const facts: MediaFacts = [];
  if (ascii(bytes, 0, 3) === 'ID3') {
    facts.push(['Tags', `ID3v2.${bytes[3]}`]);
    for (let digit = 6; digit < 10; digit += 1) at = at * 128 + (bytes[digit] ?? 0);
    at += 10;
  }
  while (at + 4 < bytes.length && !(bytes[at] === 0xff && ((bytes[at + 1] ?? 0) & 0xe6) === 0xe2)) at += 1;
  const [, version = 0, rates = 0, channels = 0] = bytes.subarray(at, at + 4);
  const kilobits = MP3_KILOBITS[rates >> 4] ?? 0;
  const rate = MP3_RATES[(rates >> 2) & 3] ?? 0;
  // Only MPEG 1 layer 3 has these tables.
  if ((version & 0x18) === 0x18 && kilobits > 0 && rate > 0) {
    facts.push(['Bit rate', `${kilobits} kbit/s`], ['Sample rate', hertz(rate)], ['Channels', channels >> 6 === 3 ? '1' : '2']);
    facts.push(['Duration', `about ${seconds(((bytes.length - at) * 8) / (kilobits * 1_000))}`]);
  }
  return facts;
}

/** Boxes of MP4 that hold others. */
const MP4_FOLDERS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);

function mp4(bytes: Uint8Array, view: DataView): MediaFacts {
  const facts: MediaFacts = [['Brand', ascii(bytes, 8, 4).trim()]];
  const walk = (from: number, end: number, depth: number): void => {
    for (let at = from; at + 8 <= end; ) {
      let size = view.getUint32(at);
      if (size === 1 && at + 16 <= end) size = Number(view.getBigUint64(at + 8));
      if (size === 0) size = end - at;
      if (size < 8) return;
      const kind = ascii(bytes, at + 4, 4);
      const to = Math.min(end, at + size);
      if (MP4_FOLDERS.has(kind) && depth < 8) walk(at + 8, to, depth + 1);
      if (kind === 'mvhd' && at + 40 <= end) {
        const long = bytes[at + 8] === 1;
        const scale = view.getUint32(at + (long ? 28 : 20));
        facts.push(['Duration', seconds((long ? Number(view.getBigUint64(at + 32)) : view.getUint32(at + 24)) / scale)]);
      }
      if (kind === 'stsd' && at + 24 <= end) facts.push(['Codec', ascii(bytes, at + 20, 4)]);
      if (kind === 'tkhd' && to - at >= 92) {
        const [width, height] = [view.getUint32(to - 8) / 65_536, view.getUint32(to - 4) / 65_536];
        if (width > 0) facts.push(['Picture', `${width} × ${height}`]);
      }
      at += size;
    }
  };
  walk(0, bytes.length, 0);
  return facts;
}

/** Bytes of a PDF file in which facts are looked for: the beginning and the end. */
const PDF_BYTES = 4_000_000;

function pdf(bytes: Uint8Array): MediaFacts {
  const decoder = new TextDecoder('latin1');
  const text =
    bytes.length <= 2 * PDF_BYTES
      ? decoder.decode(bytes)
      : decoder.decode(bytes.subarray(0, PDF_BYTES)) + decoder.decode(bytes.subarray(-PDF_BYTES));
  const facts: MediaFacts = [['Version', /%PDF-(\d\.\d)/.exec(text)?.[1] ?? '']];
  const pages = [...text.matchAll(/\/Type\s*\/Pages\b[^>]{0,400}?\/Count\s+(\d+)/g)].map(([, count]) => Number(count));
  const single = [...text.matchAll(/\/Type\s*\/Page\b/g)].length;
  const most = Math.max(single, ...pages);
  facts.push(['Pages', most > 0 ? String(most) : 'not said in the clear']);
  for (const name of ['Title', 'Author', 'Subject', 'Producer', 'Creator', 'CreationDate'] as const) {
    const value = new RegExp(`/${name}\\s*\\(((?:[^()\\\\]|\\\\.){1,300})\\)`).exec(text)?.[1];
    if (value !== undefined) facts.push([name === 'CreationDate' ? 'Created' : name, value.replace(/\\(.)/g, '$1')]);
  }
  if (/\/Encrypt\s+\d/.test(text)) facts.push(['Encrypted', 'yes']);
  if (/\/(?:JavaScript|JS|Launch|OpenAction)\b/.test(text))
    facts.push(['Active content', 'yes: scripts or actions, which are not run here']);
  if (/\/Linearized\b/.test(text.slice(0, 2_000))) facts.push(['Linearized', 'yes']);
  return facts;
}

function gif(bytes: Uint8Array, view: DataView): MediaFacts {
  return [
    ['Size', `${view.getUint16(6, true)} × ${view.getUint16(8, true)}`],
    ['Version', ascii(bytes, 3, 3)],
    ['Colours', String(2 << ((bytes[10] ?? 0) & 7))],
  ];
}

function webm(bytes: Uint8Array): MediaFacts {
  const start = ascii(bytes, 0, Math.min(bytes.length, 4_000));
  const codecs = [...start.matchAll(/[VA]_[A-Z0-9/]{2,20}/g)].map(([name]) => name);
  return [
    ['Container', start.includes('webm') ? 'WebM' : 'Matroska'],
    ['Codecs', [...new Set(codecs)].join(', ')],
  ];
}

function read(bytes: Uint8Array): [format: string, facts: MediaFacts] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = ascii(bytes, 0, 12);
  if (start.startsWith('\u0089PNG')) return ['PNG', png(bytes, view)];
  if (start.startsWith('\u00ff\u00d8\u00ff')) return ['JPEG', jpeg(bytes, view)];
  if (start.startsWith('GIF8')) return ['GIF', gif(bytes, view)];
  if (start.startsWith('RIFF') && start.endsWith('WEBP')) return ['WebP', []];
  if (start.startsWith('RIFF') && start.endsWith('WAVE')) return ['WAV', wav(bytes, view)];
  if (start.startsWith('fLaC')) return ['FLAC', flac(bytes, view)];
  if (start.startsWith('OggS')) return ['Ogg', ogg(bytes, view)];
  if (start.startsWith('ID3') || start.startsWith('\u00ff\u00fb')) return ['MP3', mp3(bytes)];
  if (start.slice(4, 8) === 'ftyp') return ['MP4', mp4(bytes, view)];
  if (start.startsWith('\u001aE\u00df\u00a3')) return ['WebM or Matroska', webm(bytes)];
  if (start.startsWith('%PDF-')) return ['PDF', pdf(bytes)];
  return null;
}

/** What the bytes say of themselves; empty when they are of no known format, or cut off before they said it. */
export function mediaFacts(bytes: Uint8Array): MediaFacts {
  try {
    const found = read(bytes);
    if (found === null) return [];
    return [['Format', found[0]], ...found[1].filter(([, value]) => value !== '')];
  } catch {
    // A header that ends too soon, or leads beyond the end.
    return [];
  }
}
