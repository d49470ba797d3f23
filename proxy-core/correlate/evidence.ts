import type { Attribution } from './attribute.ts';

/** Characters of an identity that are shown. */
const SHOWN = 60;

/** Why a request is held to be the cause, as a sentence. `rivals` is how many may be, itself included. */
export function evidenceOf({ basis, id }: Attribution, rivals: number): string {
  const others = rivals > 1 ? `; so do ${rivals - 1} other requests` : '';
  if (id === null) {
    if (rivals > 1) return `One of ${rivals} requests that were in progress when it was made.`;
    return 'It was made while this was the only request in progress that it can be of.';
  }
  const value = id.value.length > SHOWN ? `${id.value.slice(0, SHOWN)}…` : id.value;
  if (basis === 'transaction') return `Its transaction carries ${id.rule.header} ${value} of the request${others}.`;
  if (id.place === 'message') return `A message in it carries ${id.rule.header} ${value}, as the request does${others}.`;
  if (id.place === 'sql-comment') return `A comment in its SQL carries ${id.rule.header} ${value}, as the request does${others}.`;
  return `Both carry ${id.rule.header} ${value}${others}.`;
}
