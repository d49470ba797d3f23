import { GiB, KiB, MiB } from './units.ts';

/** Limits of what is kept, and of what is asked of it. */
export const storeLimits = {
  /** Pairs kept in the store by default. */
  storedPairs: 1_000_000,
  /** Bytes kept in the store by default. */
  storedBytes: 4 * GiB,
  /** Rows deleted in one transaction by retention, so that capture never waits for it. */
  retentionRows: 2_000,
  /** Bytes of bodies deleted in one transaction by retention, for the same reason. */
  retentionStepBytes: 8 * MiB,
  /** Free pages of the database (8 KiB each) that are kept for what comes next; more are given back to the disk. */
  freePagesKept: 16_384,
  /** Pages given back in one step. */
  freePagesStep: 512,
  /** Time for which a clear can be undone; then the pairs are deleted for good, ms. */
  undoClearMillis: 10 * 60_000,
  /** Shortest and longest pause before the store tries again to write to a disk that refused, ms. */
  storeRetryMillis: [250, 10_000],
  /** Queued batches are written in one transaction up to this many bytes: a commit costs as much as about a hundred pairs. */
  transactionBytes: 2 * MiB,
  /** Bytes of a stored batch once it is unpacked: no batch of ours is nearly that long, but a file may come from anybody. */
  unpackedBytes: 64 * MiB,
  /** Page cache of each of the store's two connections, bytes. */
  storeCacheBytes: 4 * MiB,
  /** How far apart the two ends of one call may have begun, µs: the clocks of two container hosts differ, a handshake with our agents takes time. */
  otherEndMicros: 2_000_000,
  /** How far apart their ids may be: those that are looked at when a pair is shown. */
  otherEndIds: 20_000,
  /** Pairs that a server pushed because of one request, of those that its detail tells. */
  toldPushes: 100,
  /** Blocks of stored pairs that the reader keeps in memory, bytes: a search goes from pair to pair, and a block holds a hundred. */
  recentBlockBytes: 2 * MiB,
  /** Of the store thread's time, what rows may take while pairs keep coming, per core beyond the first: on two cores some 5,000 pairs a second are listed at once. */
  listingSharePerCore: 0.1,
  /** Time that rows may take at once before that share holds, ms. */
  listingBurstMillis: 200,
  /** Time without anything to store after which rows are made of all that waits for them, ms. */
  listingQuietMillis: 250,
  /** Time that what was stored waits for its rows at most, ms, as far as the disk keeps up. */
  listingLagMillis: 5_000,
  /** Time without anything to store, or to read, after which the memory of a load is given back, ms. */
  giveBackMillis: 1_500,
  /** The same for the thread that traffic passes through, ms: it takes long enough to be noticed by who asks just then, so nobody is to be expected any more. */
  engineGiveBackMillis: 4_000,
  /** Bytes that wait for their rows at most, as far as the disk keeps up: a few seconds of work. */
  unlistedBytes: 256 * MiB,
  /** Bytes of the write-ahead log at which it is copied into the database. */
  walBytes: 16 * MiB,
  /** Characters of a location, host or command that the list shows and searches; the head has all of it. */
  listedChars: 4_096,
  /** Characters of a note on a pair: a few paragraphs, and little enough that every row of a list can carry its own. */
  noteChars: 2_000,
  /** Connections whose row is remembered, so that their facts are stored once and not with every pair. */
  rememberedConnections: 4_096,
  /** Result lists (filter + sort) that are kept materialised for scrolling. */
  openViews: 8,
  /** Bytes that those lists may hold together; the one used last stays whatever its size. */
  viewBytes: 64 * MiB,
  /** Time the reader works on a list at a stretch before it looks for other requests, ms. */
  readSliceMillis: 15,
  /** Time a list request waits for its search to end; then it answers with what was found so far, ms. */
  listPatienceMillis: 100,
  /** The same where the rows that are asked for are found, and only how many there are in all is not, ms. */
  firstRowsPatienceMillis: 50,
  /** Time that a window gets to draw such rows before the list is gone on with, ms: a sort takes a processor of its own. */
  firstRowsRestMillis: 150,
  /** The same for a list of all pairs in the order of time: to make it takes about a second for two million pairs. */
  everythingPatienceMillis: 3_000,
  /** Shortest time between two rebuilds of a list that cannot be kept up to date row by row, ms. */
  viewRebuildMillis: 1_000,
  /** Age at which a list with a condition such as `time:>-5m` is searched anew, ms. */
  relativeViewMillis: 2_000,
  /** Shortest time between two notices that a search has found more, ms. */
  searchProgressMillis: 250,
  /** Time after which a search ends that nobody has asked about any more, ms: long enough for a window that is busy. */
  searchLeftMillis: 10_000,
  /** Time one step of a search with a user's regular expression may take; above it the expression is refused, ms. */
  regexMillis: 100,
  /** Times that such a step is tried on a single pair. */
  regexAttempts: 3,
  /** Characters of one regular expression in a filter. */
  regexChars: 500,
  /** Characters of a body or header that a user's regular expression is run on. */
  regexSubjectChars: 256 * KiB,
  /** Bytes of one body that a filter searches, decoded. */
  searchedBodyBytes: 10 * MiB,
  /** Rows one call may ask for. */
  pageRows: 1_000,
  /** Rows of a sorted list that are found before the others are put in order: two pages of the window. */
  firstRows: 200,
  /** The newest pairs among which values for a filter are looked for: what 50 ms are enough for. */
  valuesFromPairs: 20_000,
  /** The newest pairs that are counted by host and path: a quarter of a second, in slices. */
  treePairs: 100_000,
  /** Ids before and behind a pair among which its causes and its calls are looked for: some 50 ms each. */
  causeIds: 40_000,
  /** Ids that are looked at in one go; other requests pass between two. */
  causeStepIds: 4_000,
  /** Pairs of which it is looked whether they carry the identity of a request: each costs a look into its block. */
  causeHeads: 5_000,
  /** Pairs whose messages are read for that, and bytes that are read of each: half a second for the largest. */
  causeCarriers: 500,
  causeCarrierBytes: 1 * MiB,
  /** Time behind a response in which calls that carry the identity of its request are looked for, µs. */
  causeGraceMicros: 2_000_000,
  /** Pairs before and behind it among which others of its trace, and calls behind a response, are looked for. */
  causeNear: 2_000,
  /** Time around a call in which the others of its transaction are looked for, µs. */
  causeAroundMicros: 2_000_000,
  /** Calls of one request that are answered; behind a thousand nobody reads one by one. */
  causedCalls: 1_000,
  /** Requests of other containers that are followed to tell what a request caused in turn: all of one container cost little more than one. */
  causedFollowed: 200,
  /** Containers behind one another that are followed to; longer chains nobody reads in one picture. */
  causedDepth: 6,
  /** Requests that are named as the possible cause of a call. */
  namedCauses: 4,
  /** The newest pairs that the service map is drawn of: half a second, in slices. */
  mapPairs: 100_000,
  /** Pairs that are counted in one go; other requests pass between two. */
  mapStepPairs: 2_000,
  /** Services, databases and clients on one map; more nobody sees through. */
  mapNodes: 150,
  /** Hosts and segments of paths of one answer. */
  treeNodes: 2_000,
  /** Values that are offered. */
  offeredValues: 50,
  /** Bytes of a body that one call may ask for: 4 MiB would keep the engine's thread, which traffic passes through, for 25 ms. */
  bodyPageBytes: 1 * MiB,
  /** Bytes of a body that the command shows as JSON. */
  shownBodyBytes: 4 * MiB,
  /** Bytes that decoding a body (gzip, br, zstd…) may produce: a bomb stops here. */
  decodedBodyBytes: 64 * MiB,
} as const;
