/** Commands of Redis as data (https://redis.io/docs/latest/commands/): where their keys stand, which have a subcommand, which hold secrets. */

/** Positions among the arguments after the command's name (and after its subcommand), from 0. */
type KeySpec =
  /** Every `step`th argument from `first` to the last but `butLast`. */
  | { first: number; step?: number; butLast?: number; only?: number }
  /** As many as the argument at `count` says, from behind it. `also` are keys at fixed places. */
  | { count: number; also?: readonly number[] }
  /** Half of what follows the word. */
  | { after: string };

const one: KeySpec = { first: 0, only: 1 };
const two: KeySpec = { first: 0, only: 2 };
const all: KeySpec = { first: 0 };
const allButLast: KeySpec = { first: 0, butLast: 1 };
const none: KeySpec = { first: 0, only: 0 };

const specs = new Map<string, KeySpec>();

function define(spec: KeySpec, names: string): void {
  for (const name of names.split(' ')) specs.set(name, spec);
}

define(
  none,
  'PING ECHO AUTH HELLO QUIT RESET INFO TIME DBSIZE FLUSHALL FLUSHDB SAVE BGSAVE BGREWRITEAOF LASTSAVE ROLE SHUTDOWN MONITOR MULTI EXEC DISCARD UNWATCH RANDOMKEY WAIT WAITAOF SYNC PSYNC REPLCONF READONLY READWRITE ASKING LOLWUT SWAPDB SELECT FAILOVER',
);
define(none, 'CLIENT CONFIG CLUSTER COMMAND ACL LATENCY MODULE SCRIPT FUNCTION SLOWLOG PUBSUB SENTINEL DEBUG');
define(all, 'DEL UNLINK EXISTS TOUCH MGET WATCH SINTER SUNION SDIFF SINTERSTORE SUNIONSTORE SDIFFSTORE PFCOUNT PFMERGE');
define(all, 'SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE');
define(allButLast, 'BLPOP BRPOP BZPOPMIN BZPOPMAX');
define({ first: 0, step: 2 }, 'MSET MSETNX');
define(two, 'RENAME RENAMENX COPY SMOVE LMOVE BLMOVE RPOPLPUSH BRPOPLPUSH GEOSEARCHSTORE ZRANGESTORE LCS');
define({ count: 1 }, 'EVAL EVALSHA EVAL_RO EVALSHA_RO FCALL FCALL_RO BLMPOP BZMPOP');
define({ count: 0 }, 'LMPOP ZMPOP SINTERCARD ZINTERCARD ZUNION ZINTER ZDIFF');
define({ count: 1, also: [0] }, 'ZUNIONSTORE ZINTERSTORE ZDIFFSTORE');
define({ after: 'STREAMS' }, 'XREAD XREADGROUP');
define({ first: 1 }, 'BITOP');
define({ first: 2, only: 1 }, 'MIGRATE');

/** Commands whose first argument is a part of their name. */
const withSubcommand: ReadonlySet<string> = new Set(
  'ACL CLIENT CLUSTER COMMAND CONFIG DEBUG FUNCTION LATENCY MEMORY MODULE OBJECT PUBSUB SCRIPT SENTINEL SLOWLOG XGROUP XINFO'.split(
    ' ',
  ),
);

/** Of those, the ones that are about a key. */
const keyedSubcommand: ReadonlySet<string> = new Set(['OBJECT', 'XGROUP', 'XINFO', 'MEMORY']);

/** What the list shows as the command: its name in capitals, with the subcommand. */
export function commandOf(args: readonly string[]): string {
  const name = (args[0] ?? '').toUpperCase();
  const sub = args[1];
  return withSubcommand.has(name) && sub !== undefined ? `${name} ${sub.toUpperCase()}` : name;
}

/** The keys (or channels) of a command; of one that has none, its first argument where that tells what it is about. `args` begin with its name. */
export function keysOf(args: readonly string[]): string[] {
  const name = (args[0] ?? '').toUpperCase();
  if (withSubcommand.has(name)) {
    const rest = args.slice(2);
    return keyedSubcommand.has(name) || aboutFirst.has(commandOf(args)) ? rest.slice(0, 1) : [];
  }
  // What is not known is most likely a command on one key, as nearly all are.
  const spec = specs.get(name) ?? one;
  if (spec === one) return args.slice(1, 2);
  const rest = args.slice(1);
  if ('after' in spec) {
    const word = rest.findIndex((arg) => arg.toUpperCase() === spec.after);
    if (word < 0) return [];
    const streams = rest.slice(word + 1);
    return streams.slice(0, Math.ceil(streams.length / 2));
  }
  if ('count' in spec) {
    const count = Number(rest[spec.count]);
    const counted = Number.isInteger(count) && count > 0 ? rest.slice(spec.count + 1, spec.count + 1 + count) : [];
    return [...(spec.also ?? []).flatMap((at) => rest[at] ?? []), ...counted];
  }
  const end = spec.only === undefined ? rest.length - (spec.butLast ?? 0) : spec.first + spec.only;
  const keys = rest.slice(spec.first, Math.max(spec.first, end));
  return spec.step === undefined ? keys : keys.filter((_, index) => index % (spec.step ?? 1) === 0);
}

/** Whether the command has no key but something else to be told by. */
const aboutFirst: ReadonlySet<string> = new Set(
  'CONFIG GET|CONFIG SET|CLIENT SETNAME|CLIENT REPLY|CLIENT TRACKING|CLIENT KILL|ACL SETUSER|ACL GETUSER|ACL DELUSER|SCRIPT EXISTS|PUBSUB NUMSUB|FUNCTION DELETE'.split(
    '|',
  ),
);

/** Known to be commands, for telling an inline command from the first line of another protocol. */
export const inlineCommands: ReadonlySet<string> = new Set([
  ...specs.keys(),
  ...'GET SET INCR DECR EXPIRE TTL TYPE KEYS SCAN HGET HSET HGETALL LPUSH RPUSH LPOP RPOP LRANGE LLEN SADD SREM SMEMBERS ZADD ZRANGE XADD XRANGE PUBLISH SETEX SETNX GETSET APPEND STRLEN'.split(
    ' ',
  ),
]);
