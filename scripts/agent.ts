import { build } from './lib/build.ts';

/** `node scripts/agent.ts FOLDER`: bundles the container agent into a folder; the engine calls it where it runs from a checkout. */
const [outDir] = process.argv.slice(2);
if (outDir === undefined) throw new Error('usage: node scripts/agent.ts FOLDER');
await build({ only: ['agent.js'], outDir });
