import { crc32, deflateSync } from 'node:zlib';

export interface Product {
  sku: string;
  name: string;
  cents: number;
  tags: string[];
}

export const products: readonly Product[] = [
  { sku: 'tea-101', name: 'Darjeeling first flush', cents: 1_490, tags: ['tea', 'black'] },
  { sku: 'tea-102', name: 'Sencha', cents: 1_190, tags: ['tea', 'green'] },
  { sku: 'tea-103', name: 'Rooibos', cents: 790, tags: ['tea', 'herbal'] },
  { sku: 'cup-201', name: 'Stoneware cup', cents: 1_800, tags: ['cup'] },
  { sku: 'cup-202', name: 'Crème brûlée dish', cents: 950, tags: ['dish'] },
  { sku: 'pot-301', name: 'Cast-iron pot', cents: 5_900, tags: ['pot', 'heavy'] },
  { sku: 'pot-302', name: 'Glass pot', cents: 2_400, tags: ['pot'] },
  { sku: 'jar-401', name: 'Caddy, 250 g', cents: 1_350, tags: ['jar'] },
];

export function pageHtml(): string {
  const rows = products.map(
    (product) => `    <li><a href="/api/products/${product.sku}">${product.name}</a> € ${(product.cents / 100).toFixed(2)}</li>`,
  );
  return `<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>Tea shop</title></head>\n<body>\n  <img src="/logo.png" alt="">\n  <h1>Tea shop</h1>\n  <ul>\n${rows.join('\n')}\n  </ul>\n</body>\n</html>\n`;
}

/** The shop's logo, drawn here: a green disc as a PNG (RFC 2083). */
export const logoPng: Buffer = drawDisc(64);

function drawDisc(size: number): Buffer {
  const rows: number[] = [];
  for (let y = 0; y < size; y++) {
    rows.push(0);
    for (let x = 0; x < size; x++) {
      const inside = Math.hypot(x - size / 2 + 0.5, y - size / 2 + 0.5) < size / 2 - 1;
      rows.push(46, 125 + Math.round((y / size) * 60), 90, inside ? 255 : 0);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
