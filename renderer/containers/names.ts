import type { Container } from '../../proxy-core/rrpair/containers.ts';

type Named = Pick<Container, 'name' | 'project' | 'service'>;

/** `shop-web-2` of the compose project shop and its service web: `web 2`. Of the usual single instance the number is left out. */
export function nameInProject({ name, project, service }: Named): string {
  if (project === null || service === null) return name;
  const instance = /[-_](\d+)$/.exec(name)?.[1] ?? '';
  const composed = [`${project}-${service}-${instance}`, `${project}_${service}_${instance}`].includes(name);
  if (!composed) return name;
  return instance === '1' ? service : `${service} ${instance}`;
}

/** What a container is called where its project is not beside it: shortened only where no other one could be meant. */
export function shortNames(containers: readonly Named[]): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  for (const container of containers) {
    const short = nameInProject(container);
    counts.set(short, (counts.get(short) ?? 0) + 1);
  }
  return new Map(
    containers.map((container) => {
      const short = nameInProject(container);
      return [container.name, counts.get(short) === 1 ? short : container.name];
    }),
  );
}

/** `a`, `a and b`, `a, b and 3 more`. */
export function enumerate(names: readonly string[], most = 3): string {
  if (names.length > most) return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
