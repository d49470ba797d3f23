interface Referable {
  id: string;
  name: string;
  /** Of compose; null outside of it. */
  service: string | null;
  state: string;
}

/**
 * The containers that a reference may mean: that of this id or name, those of this compose service (of which running ones come before others), or those whose id
 * begins so. Meant is one only where there is one.
 */
export function containersMeant<T extends Referable>(among: readonly T[], reference: string): T[] {
  const name = reference.replace(/^\//, '');
  const exact = among.find(({ id }) => id === reference) ?? among.find((container) => container.name === name);
  if (exact !== undefined) return [exact];
  const ofService = among.filter(({ service }) => service === name);
  const running = ofService.filter(({ state }) => state === 'running');
  if (ofService.length > 0) return running.length > 0 ? running : ofService;
  return /^[0-9a-f]+$/.test(reference) ? among.filter(({ id }) => id.startsWith(reference)) : [];
}
