import { containerLimits } from './limits/containers.ts';
import { http2Limits } from './limits/http2.ts';
import { storeLimits } from './limits/store.ts';
import { GiB, KiB, MiB } from './limits/units.ts';

/** Every size, count and time limit of the engine, with its unit and why. Nothing else in the engine states one. */
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
  /** Bytes that tell when the runs of one stream came: 50,000 runs and more. Messages behind them have no time. */
  arrivalBytes: 256 * KiB,
  /** Bytes that a frame of WebSocket may say it has: what says more is no frame. */
  frameBytes: 2 ** 40,
  /** Bytes that one message of a stream is decompressed to for somebody to look at; what makes more is shown compressed. */
  messageBytes: 16 * MiB,
  /** The same for all messages of one stream together: about a second of the reader's time. */
  conversationBytes: 128 * MiB,
  /** Messages of one stream that are listed; each takes some 300 bytes of the reader's memory. */
  conversationMessages: 200_000,
  /** Messages of one page of a stream. */
  messagePage: 500,
  /** Characters of a message that are shown in the list of a stream. */
  messagePreviewChars: 300,
  /** Characters of one message that are shown by the names of its fields; names make some ten times as much of it as was sent. */
  namedMessageChars: 16 * MiB,
  /** Bytes of the `.proto` files and descriptor sets that names are taken from at once; all of Google's public interfaces are some 40 MiB. */
  protoFileBytes: 64 * MiB,
  /** Such files at once. */
  protoFiles: 20_000,
  /** Sources of names that are kept. */
  protoSources: 50,
  /** Bytes of all names that are kept, as JSON; a reader has them in memory. */
  protoNamesBytes: 64 * MiB,
  /** Services, and problems, of one source that are named; all are counted. */
  protoListed: 20,
  /** Time a server may take to tell what its messages are made of, ms. */
  reflectionMillis: 15_000,
  /** Bytes of a client kept until an answer tells whether they are HTTP: behind CONNECT, or behind an offer to upgrade. */
  heldClientBytes: 256 * KiB,
  /** Pipelined requests without an answer on one connection before it passes undecoded. */
  pipelinedRequests: 1_000,
  /** The same for the commands of databases and caches, whose clients send tens of thousands ahead; each waits in about 1 KiB. */
  pipelinedCommands: 20_000,
  /** Bytes of the length fields, names and short texts that a decoder of a binary or line protocol collects from pieces. */
  wireTextBytes: 1 * KiB,
  /** Bytes that one packet of a compressed connection is decompressed to while traffic passes: 8 ms of its thread. Most make 16 KiB. */
  wireInflatedBytes: 2 * MiB,
  /** The same for one side of a connection in a second, and at once: a quarter of the thread's time. */
  wireInflatedBytesPerSecond: 64 * MiB,
  /** Bytes of one line of a line protocol (memcached, NATS, SMTP): memcached takes as many keys of one `get`, NATS 4 KiB, SMTP less. */
  wireLineBytes: 64 * KiB,
  /** Depth to which nested values of a protocol are read; Redis itself answers with up to nine levels. */
  wireNesting: 64,
  /** Characters of a location that a decoder composes (a statement, a list of keys): twice what fits in a list, so that nothing is cut there that people read. */
  summaryChars: 16 * KiB,
  /** Bytes of what a decoder leaves for the reading of a pair (`ExchangeHandle.context`), as JSON: it is written with the pair. */
  readingContextBytes: 64 * KiB,
  /** Bytes of an inline command of Redis; the server's own limit (PROTO_INLINE_MAX_SIZE). */
  redisInlineBytes: 64 * KiB,
  /** Arguments of a Redis command whose texts are kept to find its keys. */
  redisArguments: 256,
  /** Prepared statements and portals of one connection that are remembered by name. */
  preparedStatements: 2_000,

  /** Channels of one AMQP connection that are read; RabbitMQ allows 2,047 unless it is told otherwise. */
  amqpChannels: 4_096,
  /** Elements of the arrays in one message of Kafka that are read for somebody to look at; the metadata of a large cluster has some 10,000 partitions. */
  kafkaElements: 50_000,
  /** Batches of one partition that are looked at; of the forms before version 2 each message is one. */
  kafkaBatches: 100_000,

  /** Messages of a batch whose fields are looked at for what travels in them (`Carrier`): a trace id stands in each of them. */
  carriedMessages: 50,
  /** Bytes to which the batches of a pair are decompressed for that: as many as brokers take in one, unless they are told otherwise. */
  carriedBytes: 1 * MiB,

  /** Rows of one page of a result set that is read for somebody to look at. */
  readingRows: 200,
  /** Characters of one cell of such a row. */
  readingCellChars: 2_000,
  /** Characters of a text section, and bytes of a value, that are read; all of it is in the raw bytes. */
  readingValueBytes: 1 * MiB,
  /** Bytes of all that is read of one side of a pair. */
  readingSideBytes: 4 * MiB,
  /** Frames of one side that are listed beside its bytes. */
  readingFrames: 2_000,

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
  /** Of them, those that stay when a load is over. */
  restingSpareBatches: 2,
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
  /** Time for which connections wait for another one to show whether its client trusts our CA, ms. */
  trialMillis: 1_000,
  /** Time after its handshake in which a client that verifies certificates only then (Node does) has closed the connection, ms. */
  trialQuietMillis: 150,
  /** Time such a destination passes undecrypted, ms. */
  failOpenMillis: 10 * 60_000,

  ...http2Limits,
  ...storeLimits,

  /** Bytes of one body, decoded, that an export holds. */
  exportedBodyBytes: 10 * MiB,
  /** Bytes of one body, decoded, that two answers are compared by; larger ones are compared as they were sent. */
  comparedBodyBytes: 16 * MiB,
  /** Characters of one piece of an export: each becomes a message on the thread that traffic passes through, in less than a ms. */
  exportPieceChars: 128 * KiB,
  /** Longest time between two pieces of an export that goes on, ms: they tell how far it is. */
  exportPieceMillis: 250,
  /** Longest time between two signs of progress of a long export or import, ms. */
  transferProgressMillis: 200,
  /** Time a transfer that was cancelled has to remove what it wrote, ms; then its thread is ended and the rest removed from outside. */
  transferCancelMillis: 5_000,
  /** Memory of the thread for transfers, MB of objects: two bodies decoded, masked and as text fit. */
  transferMegabytes: 1_024,
  /** Bytes of imported batches on their way to the store. */
  transferBytes: 8 * MiB,
  /** Bytes of one pair in a file that is imported, bodies as text included; a larger one is named as malformed. */
  importedPairBytes: 64 * MiB,
  /** Problems of an import that are named one by one; all are counted. */
  importProblems: 100,
  /** Time a user's regular expression may take on one text that is masked, ms: it is 10 MB at most. */
  maskPatternMillis: 2_000,
  /** Bytes of a file of settings or rules. */
  keptFileBytes: 1 * MiB,
  /** Bytes of files that windows sent and that wait to be imported, together: they lie on the user's disk a second time. */
  uploadBytes: 4 * GiB,
  /** Such files at once. */
  uploads: 1_000,
  /** Time such a file is kept for an import that does not come, ms. */
  uploadKeptMillis: 10 * 60_000,
  /** Files of one import. */
  importFiles: 2_000_000,
  /** Characters of a snapshot's name. */
  snapshotNameChars: 200,
  /** Snapshots that are kept open for reading; each has a thread. */
  openSnapshots: 3,
  /** Differences between two snapshots that are listed; all are counted. */
  snapshotDifferences: 5_000,
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
  /** Time `stop capture` waits for the process that captured to end, ms: longer than the engine gives its containers (`containersCloseMillis`), and the rest. */
  stopWaitMillis: 45_000,
  /** Time a capture that was switched off elsewhere may stay off before its terminal is told, ms: whoever ends it for good does so by then. */
  switchedOffMillis: 1_000,
  /** Time a command under capture may take to end once it was asked to (SIGTERM), ms. */
  commandStopMillis: 10_000,

  /** Terminals and browsers that are open under capture at once. */
  launched: 12,
  /** Time a terminal or a browser may take to show up, ms: a cold browser on a busy machine needs ten seconds; then it is believed to be there. */
  launchSignMillis: 20_000,
  /** Time between two looks at whether it is, ms. */
  launchSignLookMillis: 50,
  /** Time between two looks at whether the shell in a terminal has ended, ms; nothing tells of a process that is not a child of ours. */
  launchedLookMillis: 500,
  /** Time that such a program has to end once it was asked to, ms; then it is killed. */
  launchStopMillis: 3_000,
  /** Characters that are kept of what such a program says about itself. */
  launchWordsChars: 4_000,

  /** Time a replay waits for its response, ms. */
  replayMillis: 60_000,
  /** Bytes of a response that a replay reads. */
  replayBytes: 64 * MiB,
  /** Ids of one call to send many again. */
  replayedIds: 100_000,
  /** How often many are sent again in one run. */
  replayTimes: 1_000_000,
  /** Exchanges of one such run that are open at once; each may hold a whole record. */
  replayConcurrency: 64,
  /** Replays that wait to be compared before sending waits for that. */
  replayComparisons: 10_000,
  /** Replays that are compared after one flush of the store. */
  replayComparedAtOnce: 64,
  /** Differences and problems of a run that are listed; the others are counted. */
  replayListed: 50,
  /** Time between two messages about how far a run is, ms. */
  replayProgressMillis: 250,
  /** Bytes of one chunk of a body that somebody wrote and wants sent in chunks. */
  sentChunkBytes: 64 * KiB,
  /** Characters of a pasted curl command: a shell takes 2 MiB at most, Windows 32 KiB. */
  curlCommandChars: 2 * MiB,
  /** Characters of one filter text. */
  filterChars: 4_000,
  /** Conditions of one filter: they become one SQL expression, whose depth SQLite limits to 1,000. */
  filterConditions: 200,
  /** Nested parentheses and negations of one filter, for the same reason. */
  filterDepth: 50,

  ...containerLimits,

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
