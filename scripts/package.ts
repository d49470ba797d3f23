import { build, describe } from './lib/build.ts';
import { packageApp } from './lib/package.ts';

/** `npm run package [-- ARGUMENT…]`: installers for this system into release/; arguments go to electron-builder (`--linux dir`, `--mac`…). */
console.log(describe(await build()));
const { code } = await packageApp({ args: process.argv.slice(2), show: true });
process.exitCode = code;
