import { build, describe } from './lib/build.ts';

/** `npm run build [-- NAME…]`: everything that runs, or what is named, into dist/. */
const built = await build({ only: process.argv.slice(2) });
for (const { name, millis } of built) console.log(`${name.padEnd(28)} ${String(millis).padStart(6)} ms`);
console.log(describe(built));
