import { describe, expect, test } from 'vitest';
import { client, dialogue as dialogueOf, type Expected, ends, run, type Step, server } from '../testing/dialogue.ts';
import { redis } from './redis.ts';

const dialogue = (name: string, steps: readonly Step[], expected: readonly Expected[], raw = false): void =>
  dialogueOf(redis, name, steps, expected, raw);

/** A command as clients send it. */
function cmd(...args: string[]): string {
  return `*${args.length}\r\n${args.map(bulk).join('')}`;
}

function bulk(text: string): string {
  return `$${Buffer.byteLength(text, 'latin1')}\r\n${text}\r\n`;
}

function array(...texts: string[]): string {
  return `*${texts.length}\r\n${texts.join('')}`;
}

describe('commands and their answers', () => {
  dialogue(
    'one after the other',
    [client(cmd('SET', 'a', '1')), server('+OK\r\n'), client(cmd('get', 'a')), server(bulk('1'))],
    [
      { command: 'SET', location: 'a', status: 'OK', request: cmd('SET', 'a', '1'), response: '+OK\r\n' },
      { command: 'GET', location: 'a', status: 'OK', request: cmd('get', 'a'), response: bulk('1') },
    ],
  );
  dialogue(
    'pipelined',
    [client(cmd('PING'), cmd('INCR', 'n'), cmd('LRANGE', 'l', '0', '-1')), server('+PONG\r\n:2\r\n', array(bulk('x'), bulk('')))],
    [
      { command: 'PING', location: '', status: 'OK', response: '+PONG\r\n' },
      { command: 'INCR', location: 'n', status: 'OK', response: ':2\r\n' },
      { command: 'LRANGE', location: 'l', status: 'OK', response: array(bulk('x'), bulk('')) },
    ],
  );
  dialogue(
    'errors, nulls and empty answers',
    [
      client(cmd('LPUSH', 's', 'x'), cmd('FOO'), cmd('GET', 'none'), cmd('BLPOP', 'l', '1'), cmd('KEYS', 'x'), cmd('DECR', 'n')),
      server('-WRONGTYPE Operation against a key\r\n-ERR unknown command\r\n$-1\r\n*-1\r\n*0\r\n:-1\r\n'),
    ],
    [
      { command: 'LPUSH', location: 's', status: 'ERR:WRONGTYPE' },
      { command: 'FOO', location: '', status: 'ERR' },
      { command: 'GET', location: 'none', status: 'NIL' },
      { command: 'BLPOP', location: 'l', status: 'NIL' },
      { command: 'KEYS', location: 'x', status: 'OK', response: '*0\r\n' },
      { command: 'DECR', location: 'n', status: 'OK', response: ':-1\r\n' },
    ],
  );
  dialogue(
    'keys of commands of every kind',
    [
      client(
        cmd('MGET', 'a', 'b'),
        cmd('MSET', 'a', '1', 'b', '2'),
        cmd('EVAL', 'return 1', '2', 'k1', 'k2', 'arg'),
        cmd('XREAD', 'COUNT', '1', 'STREAMS', 's', 't', '0', '0'),
        cmd('ZUNIONSTORE', 'to', '2', 'x', 'y'),
        cmd('CLIENT', 'setname', 'me'),
        cmd('OBJECT', 'ENCODING', 'k'),
      ),
      server('+OK\r\n'.repeat(7)),
    ],
    [
      { command: 'MGET', location: 'a b' },
      { command: 'MSET', location: 'a b' },
      { command: 'EVAL', location: 'k1 k2' },
      { command: 'XREAD', location: 's t' },
      { command: 'ZUNIONSTORE', location: 'to x y' },
      { command: 'CLIENT SETNAME', location: 'me' },
      { command: 'OBJECT ENCODING', location: 'k' },
    ],
  );
  dialogue(
    'inline commands; empty lines are none',
    [client('PING\r\n\r\nset "a b" \'1\'\n'), server('+PONG\r\n+OK\r\n')],
    [
      { command: 'PING', status: 'OK', request: 'PING\r\n' },
      { command: 'SET', location: 'a b', status: 'OK', request: 'set "a b" \'1\'\n' },
    ],
  );
  dialogue(
    'every type of RESP3',
    [
      client(cmd('HELLO', '3'), ...Array.from({ length: 9 }, () => cmd('GET', 'k'))),
      server(
        `%3\r\n${bulk('server')}${bulk('redis')}${bulk('version')}${bulk('7.2.4')}${bulk('proto')}:3\r\n`,
        '_\r\n#t\r\n,1.5\r\n(12345678901234567890\r\n!10\r\nOOPS wrong\r\n=7\r\ntxt:abc\r\n~2\r\n:1\r\n:2\r\n',
        '|1\r\n+ttl\r\n:10\r\n$2\r\nok\r\n$?\r\n;2\r\nab\r\n;1\r\nc\r\n;0\r\n',
      ),
    ],
    [
      { command: 'HELLO', status: 'OK' },
      { command: 'GET', status: 'NIL', response: '_\r\n' },
      { command: 'GET', status: 'OK', response: '#t\r\n' },
      { command: 'GET', status: 'OK', response: ',1.5\r\n' },
      { command: 'GET', status: 'OK' },
      { command: 'GET', status: 'ERR:OOPS' },
      { command: 'GET', status: 'OK', response: '=7\r\ntxt:abc\r\n' },
      { command: 'GET', status: 'OK', response: '~2\r\n:1\r\n:2\r\n' },
      { command: 'GET', status: 'OK', response: '|1\r\n+ttl\r\n:10\r\n$2\r\nok\r\n' },
      { command: 'GET', status: 'OK', response: '$?\r\n;2\r\nab\r\n;1\r\nc\r\n;0\r\n' },
    ],
  );
  test('HELLO tells the version', () => {
    const answer = `*4\r\n${bulk('server')}${bulk('redis')}${bulk('version')}${bulk('7.0.15')}`;
    const { spoken } = run(redis, [client(cmd('HELLO')), server(answer)]);
    expect(spoken).toMatchObject({ server: 'Redis 7.0.15' });
  });
});

describe('transactions', () => {
  dialogue(
    'EXEC tells which commands it ran',
    [
      client(cmd('MULTI'), cmd('SET', 'a', '1'), cmd('LPUSH', 'a', 'x'), cmd('EXEC')),
      server('+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n-WRONGTYPE no\r\n'),
    ],
    [
      { command: 'MULTI', status: 'OK' },
      { command: 'SET', status: 'QUEUED' },
      { command: 'LPUSH', status: 'QUEUED' },
      { command: 'EXEC', status: 'ERR:WRONGTYPE', context: { queued: ['SET a', 'LPUSH a'] } },
    ],
  );
  dialogue(
    'one that is not run',
    [
      client(cmd('MULTI')),
      server('+OK\r\n'),
      client(cmd('EXEC')),
      server('*-1\r\n'),
      client(cmd('EXEC')),
      server('-ERR EXEC without MULTI\r\n'),
    ],
    [
      { command: 'MULTI', status: 'OK' },
      { command: 'EXEC', status: 'NIL', context: {} },
      { command: 'EXEC', status: 'ERR', context: {} },
    ],
  );
});

describe('what comes unasked', () => {
  const message = array(bulk('message'), bulk('news'), bulk('hello'));
  dialogue(
    'messages of channels in RESP2',
    [
      client(cmd('SUBSCRIBE', 'news', 'more')),
      server(`${array(bulk('subscribe'), bulk('news'), ':1\r\n')}${message}${array(bulk('subscribe'), bulk('more'), ':2\r\n')}`),
      client(cmd('UNSUBSCRIBE')),
      server(`${array(bulk('unsubscribe'), bulk('news'), ':1\r\n')}${array(bulk('unsubscribe'), bulk('more'), ':0\r\n')}`),
      client(cmd('PING')),
      server('+PONG\r\n'),
    ],
    [
      { command: 'SUBSCRIBE', location: 'news more', status: 'OK' },
      { command: 'MESSAGE', location: 'news', status: 'PUSH', request: '', response: message },
      { command: 'UNSUBSCRIBE', status: 'OK' },
      { command: 'PING', status: 'OK' },
    ],
  );
  dialogue(
    'patterns beside channels: UNSUBSCRIBE leaves them',
    [
      client(cmd('SUBSCRIBE', 'a'), cmd('PSUBSCRIBE', 'n*')),
      server(array(bulk('subscribe'), bulk('a'), ':1\r\n'), array(bulk('psubscribe'), bulk('n*'), ':2\r\n')),
      server(array(bulk('pmessage'), bulk('n*'), bulk('news'), bulk('x'))),
      client(cmd('UNSUBSCRIBE'), cmd('PING')),
      server(array(bulk('unsubscribe'), bulk('a'), ':1\r\n'), array(bulk('pong'), bulk(''))),
    ],
    [
      { command: 'SUBSCRIBE', status: 'OK' },
      { command: 'PSUBSCRIBE', status: 'OK' },
      { command: 'PMESSAGE', location: 'news', status: 'PUSH' },
      { command: 'UNSUBSCRIBE', status: 'OK' },
      { command: 'PING', status: 'OK' },
    ],
  );
  dialogue(
    'pushes of RESP3 between answers',
    [
      client(cmd('HELLO', '3'), cmd('SUBSCRIBE', 'news'), cmd('GET', 'a')),
      server('%1\r\n$5\r\nproto\r\n:3\r\n'),
      server(`>3\r\n${bulk('subscribe')}${bulk('news')}:1\r\n>3\r\n${bulk('message')}${bulk('news')}${bulk('x')}`),
      server(`>2\r\n${bulk('invalidate')}*1\r\n${bulk('a')}`, bulk('1')),
    ],
    [
      { command: 'HELLO', status: 'OK' },
      { command: 'SUBSCRIBE', location: 'news', status: 'OK' },
      { command: 'GET', location: 'a', status: 'OK', response: bulk('1') },
      { command: 'MESSAGE', location: 'news', status: 'PUSH' },
      { command: 'INVALIDATE', status: 'PUSH' },
    ],
  );
  dialogue(
    'what MONITOR sees',
    [
      client(cmd('MONITOR')),
      server('+OK\r\n+1700000000.123456 [0 127.0.0.1:1] "GET" "a"\r\n'),
      client(cmd('QUIT')),
      server('+OK\r\n'),
    ],
    [
      { command: 'MONITOR', status: 'OK' },
      { command: 'MONITOR', location: '1700000000.123456 [0 127.0.0.1:1] "GET" "a"', status: 'PUSH' },
      { command: 'QUIT', status: 'OK' },
    ],
  );
});

describe('CLIENT REPLY', () => {
  dialogue(
    'OFF and ON',
    [
      client(cmd('CLIENT', 'REPLY', 'OFF'), cmd('SET', 'a', '1'), cmd('CLIENT', 'REPLY', 'ON'), cmd('PING')),
      server('+OK\r\n+PONG\r\n'),
    ],
    [
      { command: 'CLIENT REPLY', location: 'OFF', status: 'NO REPLY' },
      { command: 'SET', location: 'a', status: 'NO REPLY' },
      { command: 'CLIENT REPLY', location: 'ON', status: 'OK' },
      { command: 'PING', status: 'OK', response: '+PONG\r\n' },
    ],
  );
  dialogue(
    'SKIP',
    [client(cmd('CLIENT', 'REPLY', 'SKIP'), cmd('SET', 'a', '1'), cmd('PING')), server('+PONG\r\n')],
    [
      { command: 'CLIENT REPLY', status: 'NO REPLY' },
      { command: 'SET', status: 'NO REPLY' },
      { command: 'PING', status: 'OK' },
    ],
  );
});

describe('credentials', () => {
  const ok = '+OK\r\n';
  dialogue(
    'are masked where they are sent',
    [
      client(
        cmd('AUTH', 'hunter2'),
        cmd('AUTH', 'app', 'hunter2'),
        cmd('HELLO', '3', 'AUTH', 'app', 'hunter2', 'SETNAME', 'me'),
        cmd('ACL', 'SETUSER', 'bob', 'on', '>hunter2'),
        cmd('CONFIG', 'SET', 'maxmemory', '1', 'requirepass', 'hunter2'),
        'AUTH hunter2\r\n',
      ),
      server(ok.repeat(6)),
    ],
    [
      { command: 'AUTH', location: '', request: cmd('AUTH', '*******') },
      { command: 'AUTH', location: '', request: cmd('AUTH', 'app', '*******') },
      { command: 'HELLO', location: '', request: cmd('HELLO', '3', 'AUTH', 'app', '*******', 'SETNAME', 'me') },
      { command: 'ACL SETUSER', location: 'bob', request: cmd('ACL', 'SETUSER', 'bob', '**', '********') },
      { command: 'CONFIG SET', location: 'maxmemory', request: cmd('CONFIG', 'SET', 'maxmemory', '1', 'requirepass', '*******') },
      { command: 'AUTH', location: '', request: 'AUTH *******\r\n' },
    ],
  );
  const settings = (password: string): string =>
    array(...Array.from({ length: 20 }, (_, at) => [bulk(`name${at}`), bulk('value')]).flat(), bulk('requirepass'), bulk(password));
  dialogue(
    'are masked where they are answered',
    [client(cmd('CONFIG', 'GET', '*'), cmd('ACL', 'LIST')), server(settings('hunter2'), array(bulk('user app #abc')))],
    [
      { command: 'CONFIG GET', location: '*', response: settings('*******') },
      { command: 'ACL LIST', response: array(bulk('*************')) },
    ],
  );
});

describe('endings', () => {
  dialogue('the server closes', [client(cmd('GET', 'a')), ends('server')], [{ command: 'GET', end: 'upstream-closed-early' }]);
  dialogue(
    'in the middle of an answer',
    [client(cmd('GET', 'a')), server('$5\r\nab'), ends('server', 'reset')],
    [{ command: 'GET', end: 'upstream-reset' }],
  );
  dialogue(
    'the client resets',
    [client(cmd('BLPOP', 'a', '0')), ends('client', 'reset')],
    [{ command: 'BLPOP', end: 'client-reset' }],
  );
  dialogue(
    'a half-closed client gets its answer',
    [client(cmd('GET', 'a')), ends('client'), server('$-1\r\n'), ends('server')],
    [{ command: 'GET', status: 'NIL' }],
  );
  dialogue('SHUTDOWN', [client(cmd('SHUTDOWN', 'NOSAVE')), ends('server')], [{ command: 'SHUTDOWN', status: 'OK' }]);
  dialogue(
    'capture stops',
    [client('*2\r\n$3\r\nGE'), ends('client', 'stopped'), ends('server', 'stopped')],
    [{ command: '', end: 'capture-stopped' }],
  );
  dialogue(
    'replication is not read',
    [client(cmd('PSYNC', '?', '-1')), server('+FULLRESYNC x 0\r\n$3\r\nabc')],
    [{ command: 'PSYNC', status: 'OK' }],
    true,
  );
});

describe('what is no RESP', () => {
  dialogue(
    'in a command',
    [client(cmd('GET', 'a'), '*1\r\n+no\r\n')],
    [
      { command: 'GET', end: 'malformed-message' },
      { command: '', end: 'malformed-message' },
    ],
    true,
  );
  dialogue(
    'in an answer',
    [client(cmd('GET', 'a')), server('HTTP/1.1 200 OK\r\n')],
    [{ command: 'GET', end: 'malformed-message' }],
    true,
  );
  dialogue(
    'an answer that nobody asked for',
    [client(cmd('GET', 'a')), server('$-1\r\n$-1\r\n')],
    [{ command: 'GET', status: 'NIL' }],
    true,
  );
  dialogue(
    'nested too deeply',
    [client(cmd('GET', 'a')), server('*1\r\n'.repeat(70))],
    [{ command: 'GET', end: 'malformed-message' }],
    true,
  );
});
