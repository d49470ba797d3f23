/** Labels of an agent's container. All labels of ours begin with `sidetap.`. */
export const agentLabels = {
  /** On every agent: the link's version. */
  agent: 'sidetap.agent',
  /** Whose it is: the id of the data directory. */
  owner: 'sidetap.owner',
  /** Id of the container whose network it shares. */
  target: 'sidetap.target',
} as const;
