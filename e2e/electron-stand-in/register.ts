import { registerHooks } from 'node:module';

/** Gives the stand-in to everyone who imports or requires `electron`, Playwright's `require('electron')` included. */
const standIn = new URL('electron.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier !== 'electron' && specifier !== 'electron/main') return nextResolve(specifier, context);
    return { url: standIn, format: 'module-typescript', shortCircuit: true };
  },
});
