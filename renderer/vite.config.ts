import { defineConfig } from 'vite';

/** The window: one page, a few scripts and styles, nothing inline, so that a strict content security policy holds. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  publicDir: false,
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'es2023',
    // The policy allows no `data:` sources.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_200,
    rolldownOptions: {
      onLog(level, log, report) {
        // Libraries mark their modules for server rendering, which there is none of here.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
  },
  worker: { format: 'es' },
});
