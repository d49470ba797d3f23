/** The two containers of icons: each holds PNGs, with a table in front. */

export interface Png {
  /** Width and height, px. */
  size: number;
  bytes: Buffer;
}

/** Windows: ICONDIR, one ICONDIRENTRY a picture, then the pictures. */
export function icoFile(pngs: readonly Png[]): Buffer {
  const header = Buffer.alloc(6 + 16 * pngs.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pngs.length, 4);
  let offset = header.length;
  for (const [index, { size, bytes }] of pngs.entries()) {
    const at = 6 + 16 * index;
    // A byte each; 256 is written as 0.
    header.writeUInt8(size % 256, at);
    header.writeUInt8(size % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(bytes.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += bytes.length;
  }
  return Buffer.concat([header, ...pngs.map((png) => png.bytes)]);
}

/** macOS: the type of each picture tells its size and density. */
const ICNS_TYPES: ReadonlyArray<[type: string, size: number]> = [
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
];

export function icnsFile(pngs: readonly Png[]): Buffer {
  const chunks = ICNS_TYPES.map(([type, size]) => {
    const png = pngs.find((candidate) => candidate.size === size);
    if (png === undefined) throw new Error(`no picture of ${size} px`);
    return icnsChunk(type, png.bytes);
  });
  return icnsChunk('icns', Buffer.concat(chunks));
}

function icnsChunk(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 0, 'latin1');
  head.writeUInt32BE(content.length + 8, 4);
  return Buffer.concat([head, content]);
}
