import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { findBrowser, isRootOnLinux } from './lib/browser.ts';
import { icnsFile, icoFile, type Png } from './lib/icon-files.ts';
import { root } from './lib/paths.ts';

/**
 * Renders the drawn icons to what systems want; run it after a change of an SVG, and commit what it makes:
 *
 *     node scripts/with-node.mjs scripts/icons.ts
 */

const assets = join(root, 'assets');
const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
const ICO_SIZES = new Set([16, 24, 32, 48, 64, 128, 256]);

const browser = await chromium.launch({
  executablePath: findBrowser() ?? undefined,
  args: isRootOnLinux() ? ['--no-sandbox'] : [],
});
const page = await browser.newPage();

async function render(svg: string, size: number, color: string = '#000'): Promise<Png> {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>html,body{margin:0;background:transparent}svg{display:block;width:${size}px;height:${size}px;color:${color}}</style>${svg}`,
  );
  return { size, bytes: await page.screenshot({ omitBackground: true, clip: { x: 0, y: 0, width: size, height: size } }) };
}

const icon = readFileSync(join(assets, 'icon.svg'), 'utf8');
const sign = readFileSync(join(assets, 'tray.svg'), 'utf8');
mkdirSync(join(assets, 'icons'), { recursive: true });

const pngs: Png[] = [];
for (const size of SIZES) pngs.push(await render(icon, size));
for (const { size, bytes } of pngs) writeFileSync(join(assets, 'icons', `${size}x${size}.png`), bytes);
writeFileSync(join(assets, 'icon.ico'), icoFile(pngs.filter((png) => ICO_SIZES.has(png.size))));
writeFileSync(join(assets, 'icon.icns'), icnsFile(pngs));

// macOS colours a template itself; elsewhere a tray may be light or dark, and the icon in its own colours shows on both.
writeFileSync(join(assets, 'trayTemplate.png'), (await render(sign, 16)).bytes);
writeFileSync(join(assets, 'trayTemplate@2x.png'), (await render(sign, 32)).bytes);
writeFileSync(join(assets, 'tray.png'), (await render(icon, 32)).bytes);
writeFileSync(join(assets, 'tray@2x.png'), (await render(icon, 64)).bytes);
await browser.close();
console.log(`rendered ${SIZES.length} sizes into assets/`);
