import { KiB, MiB } from './units.ts';

/** Limits of container mode: the link, the agent, and what is asked of Docker. */
export const containerLimits = {
  /** Bytes of one frame between agent and engine: the largest record (two kept bodies) and room for its heads. */
  linkFrameBytes: 64 * MiB,
  /** Time between two signs of life on the link, each way, ms. */
  linkBeatMillis: 1_000,
  /** Silence of home after which an agent disarms, removes its table and exits, ms; silence of an agent after which home ends it. */
  linkSilenceMillis: 4_000,
  /** Time between two looks at whether redirected connections have ended, ms. */
  retireLookMillis: 50,
  /** Time between two looks at how well the agent is, ms. */
  agentTickMillis: 250,
  /** Delay of the agent's event loop, ms, from which on it counts as overloaded: an application would wait as long for each of its calls. */
  agentLagMillis: 500,
  /** Looks in a row that find such a delay before the agent disarms; one may be a machine that was busy with something else. */
  agentLagTicks: 3,
  /** Time for which the agent must be well again before it arms, ms. */
  agentRecoverMillis: 3_000,
  /**
   * As `recorderSoftBytes`, `recorderHardBytes` and `recorderHeldBytes`, for what waits for home: an agent has less room than an engine.
   */
  agentQueueBytes: { soft: 6 * MiB, hard: 12 * MiB, held: 4 * MiB },
  /** Bytes outside of V8's heap from which on an agent looks for garbage, and time between two such looks, ms. */
  agentExternalBytes: 24 * MiB,
  agentCollectMillis: 50,
  /** Time between two looks at whether an agent's load is over, ms. */
  agentRestLookMillis: 5_000,
  /** Leaf certificates that an agent keeps in memory. */
  agentLeafCertificates: 200,
  /** Time an agent waits for a leaf from home, ms; then the connection passes undecrypted. */
  leafMillis: 2_000,
  /** Time after which home is asked again for leaves when it did not answer, ms. */
  leafRestMillis: 10_000,
  /** Destinations of which an agent remembers what it has told of their TLS. */
  tlsSeenEntries: 2_000,
  /** Addresses whose names an agent is told. */
  linkNames: 20_000,
  /** Time in which nft must have carried out a command, ms: it takes some ten, on a machine that has something else to do a second. */
  nftMillis: 5_000,
  /** Characters of what nft says that are kept for a message. */
  nftWordsChars: 2_000,
  /** Connections from before the capture that an agent counts; and time between two looks at which of them are still open, ms. */
  earlierConnections: 1_000,
  earlierLookMillis: 5_000,
  /** Descriptors that an agent keeps free; it takes no more connections when only these are left. */
  spareDescriptors: 64,
  /** Time for the last frames of an agent to reach home, ms. */
  linkFlushMillis: 2_000,
  /** Time for a redirected connection to reach its destination, ms. The system gives up by itself before, after 127 s on Linux. */
  transparentDialMillis: 180_000,
  /** Silence on a redirected connection after which its ends are probed, ms: shorter than what firewalls and load balancers forget after. */
  keepAliveMillis: 45_000,
  /** How long the kernel redirects new connections after the agent last said that it is well, ms (dead-man switch). */
  armedMillis: 3_000,

  /** Time for Docker to answer a call, ms; a busy one takes seconds to start a container. */
  dockerCallMillis: 30_000,
  /** Shortest and longest pause between two attempts to reach Docker, ms: looking costs a few system calls. */
  dockerRetryMillis: [250, 3_000],
  /** Time between two looks at whether Docker still answers, ms; what happens there it tells by itself. */
  dockerPingMillis: 15_000,
  /** Time for which events of Docker are gathered before what they tell of is read, ms: a restart makes half a dozen. */
  dockerEventsMillis: 50,
  /** Characters of one event; labels of a container are part of it. */
  dockerEventChars: 1 * MiB,
  /** Time for which what a crash left at Docker holds up everything else, ms; the rest is put back meanwhile. */
  dockerSweepMillis: 30_000,
  /** Processes of an agent's container: its own threads, and nft. */
  agentProcesses: 128,
  /** Memory of an agent's container, bytes: three times what it may need under load, so that only a defect of ours meets it. */
  agentMemoryBytes: 512 * MiB,
  /** Time for an agent to start and say who it is, ms; a cold one on a busy machine takes seconds. */
  agentHelloMillis: 30_000,
  /** Time for an agent to write its rules and redirect, ms. */
  agentArmMillis: 15_000,
  /** Time for an agent to end once its connections have had theirs, ms; then it is killed. */
  agentStopMillis: 3_000,
  /** How often an agent may end unexpectedly within `agentDeathsMillis` before its capture is switched off: each time costs the application its connections. */
  agentDeaths: 4,
  agentDeathsMillis: 5 * 60_000,
  /** Shortest and longest pause before a new agent is started, ms. */
  reattachMillis: [250, 10_000],
  /** Difference between an agent's wall clock and ours above which its pairs are corrected, µs: below, it is the time that its message took. */
  agentClockMicros: 1_000_000,
  /** Bytes of last words of an agent that are kept. */
  lastWordsBytes: 4 * KiB,
  /** Unsent bytes to an agent above which it is told nothing more: it does not read. */
  linkUnsentBytes: 4 * MiB,
  /** Bytes waiting for the store above which batches of agents are dropped: several agents may each send as much as `recorderHardBytes`. */
  linkHardBytes: 256 * MiB,
  /** Pairs of one agent that are open at once and may have no record yet. */
  linkOpenPairs: 100_000,
  /** Bytes of records of one agent's open pairs that are kept to close them if it dies. */
  linkOpenBytes: 16 * MiB,
  /** CAs of a container that its agent is told of, beside those that Node brings. */
  containerCas: 200,
  /** Time in which they are read, ms: capture does not wait longer for them. */
  containerCasMillis: 3_000,
  /** Destinations without decrypted TLS that are told of one container. */
  refusedDestinations: 50,
  /** Time for Docker to remove a container of ours, ms. */
  removeMillis: 10_000,
  /** Time between two looks at whether it has, ms. */
  removePollMillis: 50,
  /** Time within which a container of the same name continues the capture of one that was removed, ms: `docker compose up` makes it anew. */
  recreatedMillis: 2 * 60_000,
  /** Time for container mode to end, ms: Docker gives an application that minds no signal ten seconds. What is not undone by then is by the next start. */
  containersCloseMillis: 30_000,

  /** Bytes of a bundle of CAs in a container that is changed; all that systems bring take a quarter of a MiB. */
  containerBundleBytes: 8 * MiB,
  /** Time a container that was started anew may take to be healthy before we say so and go on, ms. */
  containerHealthMillis: 60_000,
  /** Time a container without a health check must live to count as started, ms: a program that cannot start has ended by then. */
  containerSettleMillis: 1_000,
  /** Time for Docker to finish what a client that died had asked for, when that is to be undone, ms; making a container takes a tenth of a second. */
  dockerAfterthoughtMillis: 2_000,
  /** Characters of what a container printed that are told when it ended at once. */
  lastWordsChars: 500,

  /** Time that making the agent's image may take, ms: a hundred megabytes over a slow line. */
  agentImageMillis: 20 * 60_000,
} as const;
