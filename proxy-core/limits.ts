/** Every size, count and time limit of the engine, with its unit and why. Nothing else in the engine states one. */

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

export const limits = {
  /** Bytes of one message head that are decoded; nginx allows 32 KiB, Node 16 KiB, some APIs send 100s of KiB of cookies. */
  headBytes: 1 * MiB,
  /** Bytes of heads that are not complete, of all connections together; only those above `smallHeadBytes` count. */
  largeHeadsBytes: 64 * MiB,
  /** Memory for a head that is collected, up to which it is nobody's concern how many there are, bytes. */
  smallHeadBytes: 16 * KiB,
  /** Header fields of one head; above it the exchange is marked and passes raw. */
  headFields: 10_000,
  /** Bytes of a request method when telling HTTP from other protocols; the longest registered one has 17. */
  methodBytes: 64,
  /** Bytes of one chunk-size line, extensions included (RFC 9112 7.1.1 asks for a limit). */
  chunkLineBytes: 16 * KiB,
  /** Bytes of a trailer section. */
  trailerBytes: 64 * KiB,
  /** Bytes of body kept of each message by default; the rest is counted and checksummed. */
  bodyKeptBytes: 10 * MiB,
  /** Bytes of a body that travel inside the pair's own record; larger ones go to the store in parts of this size. */
  bodyPartBytes: 64 * KiB,
  /** Bytes of a client kept until an answer tells whether they are HTTP: behind CONNECT, or behind an offer to upgrade. */
  heldClientBytes: 256 * KiB,
  /** Pipelined requests without an answer on one connection before it passes undecoded. */
  pipelinedRequests: 1_000,

  /** Bytes waiting for the store before bodies are shed. */
  recorderSoftBytes: 32 * MiB,
  /** Bytes waiting for the store before whole pairs are shed. */
  recorderHardBytes: 64 * MiB,
  /** Bytes of one batch sent to the store thread. */
  batchBytes: 256 * KiB,
  /** Bytes of a batch while little passes, so that a lone pair does not cost a large buffer. */
  batchBytesQuiet: 32 * KiB,
  /** Bytes that open exchanges may hold together before bodies are sent ahead in smaller parts. */
  recorderHeldBytes: 8 * MiB,
  /** Batches whose memory is kept to be filled again; a second of full load uses about a hundred, and the writer answers every few. */
  spareBatches: 16,
  /** Longest time a finished pair waits in the recorder, ms. */
  batchMillis: 40,
  /** Age at which an exchange without an end is shown as open, ms. */
  openPairMillis: 150,
  /** Time between two writings of an open pair that changes, ms: live enough to watch a stream, cheap for thousands of them. */
  openPairRewriteMillis: 1_000,
  /** Difference between the wall clock and its extrapolation above which it is read anew, µs: NTP slews stay well below. */
  clockDriftMicros: 100_000,

  /** Connections that wait to be accepted; systems cut it to their own limit. Node's own default, 511, loses some of 10,000 at once. */
  listenBacklog: 4_096,
  /** Time to connect to an upstream, ms. */
  dialMillis: 30_000,
  /** Time for a client or an upstream to finish a TLS handshake, ms. */
  tlsHandshakeMillis: 30_000,
  /** Time for the first bytes of either side before a connection counts as "speaks late" and is spliced, ms. */
  sniffMillis: 3_000,
  /** Bytes that are looked at to tell what a connection speaks. */
  sniffBytes: 16 * KiB,
  /** Time an open connection may finish in when capture stops, ms. */
  drainMillis: 2_000,
  /** Bytes of an HTTP proxy or SOCKS preamble. */
  preambleBytes: 64 * KiB,
  /** Time for the preamble of a proxy client (CONNECT head, SOCKS greeting), ms: closes slow-loris clients that never say where to. */
  preambleMillis: 60_000,
  /** Bytes of one head that the forward front collects before it answers 431; eight times what is decoded, so that it stops less than a server would. */
  forwardHeadBytes: 8 * MiB,
  /** Upstream connections kept alive for one client connection of the forward front. */
  forwardUpstreams: 8,
  /** Time a client has to close its side after the last response to it, ms. */
  forwardLingerMillis: 30_000,
  /** Bytes of one read of a socket, as Node does it itself. */
  readBytes: 64 * KiB,
  /** Bytes of one read of a socket through which much passes: fewer system calls. */
  largeReadBytes: 256 * KiB,
  /** Sockets that may read like that at once; each holds two such blocks. */
  largeReaders: 64,
  /** Unread bytes on a socket's write side before its peer is paused. */
  pumpHighWaterBytes: 256 * KiB,

  /** Leaf certificates kept in memory. */
  leafCertificates: 1_000,
  /** Days a leaf is valid; Apple's platforms refuse more than 398. */
  leafDays: 90,
  /** Time before its end at which a leaf is made anew, ms: longer than a connection is likely to be resumed. */
  leafRenewMillis: 24 * 60 * 60_000,
  /** Bytes of a file with further CAs; all that systems bring take a quarter of a MiB. */
  caFileBytes: 4 * MiB,
  /** Days the CA is valid. */
  caDays: 825,
  /** Days before its end at which the CA is renewed. */
  caRenewDays: 30,
  /** Destinations remembered as refusing our certificate. */
  failOpenEntries: 10_000,
  /** Time such a destination passes undecrypted, ms. */
  failOpenMillis: 10 * 60_000,

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
  /** Page cache of each of the store's two connections, bytes. */
  storeCacheBytes: 4 * MiB,
  /** Bytes of the write-ahead log at which it is copied into the database. */
  walBytes: 16 * MiB,
  /** Characters of a location, host or command that the list shows and searches; the head has all of it. */
  listedChars: 4_096,
  /** Connections whose row is remembered, so that their facts are stored once and not with every pair. */
  rememberedConnections: 4_096,
  /** Result lists (filter + sort) that are kept materialised for scrolling. */
  openViews: 8,
  /** Bytes that those lists may hold together; the one used last stays whatever its size. */
  viewBytes: 64 * MiB,
  /** Time the reader works on a list at a stretch before it looks for other requests, ms. */
  readSliceMillis: 15,
  /** Time a list request waits for its search to end; then it answers with what was found so far, ms. */
  listPatienceMillis: 200,
  /** The same for a list of all pairs in the order of time: to make it takes about a second for two million pairs. */
  everythingPatienceMillis: 3_000,
  /** Shortest time between two rebuilds of a list that cannot be kept up to date row by row, ms. */
  viewRebuildMillis: 1_000,
  /** Age at which a list with a condition such as `time:>-5m` is searched anew, ms. */
  relativeViewMillis: 2_000,
  /** Shortest time between two notices that a search has found more, ms. */
  searchProgressMillis: 250,
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
  /** Bytes of a body that one call may ask for. */
  bodyPageBytes: 4 * MiB,
  /** Bytes that decoding a body (gzip, br, zstd…) may produce: a bomb stops here. */
  decodedBodyBytes: 64 * MiB,
  /** Bytes of one body, decoded, that an export holds. */
  exportedBodyBytes: 10 * MiB,
  /** Bytes of one body, decoded, that two answers are compared by; larger ones are compared as they were sent. */
  comparedBodyBytes: 16 * MiB,
  /** Characters of one piece of an export: each becomes a message on the thread that traffic passes through, in less than a ms. */
  exportPieceChars: 128 * KiB,
  /** Longest time between two pieces of an export that goes on, ms: they tell how far it is. */
  exportPieceMillis: 250,
  /** Time without work after which the thread for exports and comparisons ends, ms. */
  jobThreadIdleMillis: 30_000,
  /** Memory of that thread's objects, MB: the largest body, decoded and as JSON values, fits. */
  jobThreadMegabytes: 1_024,
  /** Content codings of one body that are undone; curl stops at as many. */
  contentCodings: 5,
  /** Change notices per second to one client. */
  noticesPerSecond: 10,
  /** Unsent bytes to an API client before it is told to fetch anew instead. */
  apiClientBytes: 4 * MiB,
  /** Bytes of one API request. */
  apiRequestBytes: 1 * MiB,
  /** Time for an API client to send the head of a request, ms. */
  apiHeadMillis: 10_000,
  /** Open connections to the API; a window uses one or two. */
  apiConnections: 256,
  /** Time in which a browser that was just started has to open the window, ms; a cold one on a busy machine needs ten seconds. */
  ticketMillis: 60_000,
  /** Such ways into the window that are open at once. */
  tickets: 16,
  /** Time between two pings to an API client, ms; one that answers none in between has vanished. */
  apiPingMillis: 30_000,
  /** Time between two looks at what changes without notice (connection counts), while a client watches, ms. */
  statusPollMillis: 1_000,
  /** Notices shown at once; the oldest give way. */
  notices: 100,

  /** Time a new engine waits for one that is on its way out to leave the data directory, ms. */
  engineHandoverMillis: 3_000,
  /** Time an engine's process that could not start lives on for its message to leave, ms. */
  lastWordsMillis: 500,
  /** Time `stop capture` waits for the process that captured to end, ms. */
  stopWaitMillis: 15_000,
  /** Time a command under capture may take to end once it was asked to (SIGTERM), ms. */
  commandStopMillis: 10_000,

  /** Time a replay waits for its response, ms. */
  replayMillis: 60_000,
  /** Bytes of a response that a replay reads. */
  replayBytes: 64 * MiB,
  /** Characters of one filter text. */
  filterChars: 4_000,
  /** Conditions of one filter: they become one SQL expression, whose depth SQLite limits to 1,000. */
  filterConditions: 200,
  /** Nested parentheses and negations of one filter, for the same reason. */
  filterDepth: 50,

  /** Time a client program of the doctor (curl, Node, Python, Java) may take for one request, ms; a cold JVM compiles its source first. */
  doctorClientMillis: 20_000,
  /** Bytes of output such a program may print. */
  doctorClientBytes: 64 * KiB,
  /** Time for the doctor to reach a port on this machine, ms. */
  doctorConnectMillis: 2_000,
  /** Time for a probe to pass a listener and to be seen in the record, ms. */
  doctorProbeMillis: 5_000,
  /** Free bytes below which the doctor warns: less than a busy day of traffic. */
  diskLowBytes: 1 * GiB,
  /** Free bytes below which SQLite soon cannot write its log. */
  diskFullBytes: 64 * MiB,
} as const;
