/**
 * Labels of what we make at the user's Docker. They tell what is ours when its id was never learnt, because the process died between the
 * request and the answer.
 */
export const changeLabels = {
  /** On every container and volume made by a change: the change's id in the journal. */
  change: 'sidetap.change',
  /** On a twin: the id of its original. */
  twinOf: 'sidetap.twin-of',
  /** On a container started from an image: `yes`. */
  run: 'sidetap.run',
} as const;

/** True for containers that Sidetap made: agents, twins, started images. */
export function isOurs(labels: Readonly<Record<string, string>> | null | undefined): boolean {
  return Object.keys(labels ?? {}).some((name) => name.startsWith('sidetap.'));
}
