/**
 * Where a worker of the store runs from: beside this file as source, beside the bundle as `store-<name>.js` once built. The bundle's
 * entries carry these names.
 */
export function workerUrl(name: 'writer-worker' | 'reader-worker'): URL {
  const source = import.meta.url.endsWith('.ts');
  return new URL(source ? `./${name}.ts` : `./store-${name}.js`, import.meta.url);
}
