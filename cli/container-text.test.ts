import { describe, expect, test } from 'vitest';
import type { Container, ContainerCapture, ContainerTrust } from '../proxy-core/rrpair/containers.ts';
import { ContainerNews, captureText, earlierText, findContainer, listensAt } from './container-text.ts';

function container(
  capture: Partial<ContainerCapture> = {},
  trust: Partial<ContainerTrust> = {},
  rest: Partial<Container> = {},
): Container {
  return {
    id: 'abcdef0123456789',
    name: 'web',
    image: 'shop/web:1',
    project: 'shop',
    service: 'web',
    state: 'running',
    health: 'none',
    ports: [],
    networks: [],
    sharesNetworkWith: [],
    refusal: '',
    madeByUs: false,
    capture: {
      state: 'on',
      step: '',
      error: '',
      since: null,
      inPorts: [8080],
      outbound: true,
      connections: 0,
      earlier: 0,
      pairsIn: 0,
      pairsOut: 0,
      pairsPerSecond: 0,
      shed: { pairs: 0, bodies: 0 },
      agentBytes: 0,
      ...capture,
    },
    trust: { state: 'unknown', refused: [], applied: null, busy: '', error: '', serverKey: false, ...trust },
    ...rest,
  };
}

test('a container is meant by its name, its id, and the beginning of it unless others begin so too', () => {
  const web = container();
  const db = container({}, {}, { name: 'db', id: 'abcd000000000000' });
  // A name counts more than the beginning of an id.
  const named = container({}, {}, { name: 'abcd', id: '7777777777777777' });
  const list = [web, db, named];
  for (const reference of ['web', '/web', 'abcdef0123456789', 'abcde']) expect(findContainer(list, reference)).toBe(web);
  expect(findContainer(list, 'abcd0')).toBe(db);
  expect(findContainer(list, 'abcd')).toBe(named);
  for (const reference of ['we', 'bcd', '', 'WEB', 'abc']) expect(findContainer(list, reference)).toBeNull();
});

test('published TCP ports are addresses, each once though it is published for IPv4 and IPv6', () => {
  const ports: Container['ports'] = [
    { container: 80, host: 8080, protocol: 'tcp' },
    { container: 80, host: 8080, protocol: 'tcp' },
    { container: 443, host: null, protocol: 'tcp' },
    { container: 53, host: 53, protocol: 'udp' },
  ];
  expect(listensAt(container({}, {}, { ports }))).toEqual(['http://127.0.0.1:8080']);
});

test.each<[Partial<ContainerCapture>, string, string]>([
  [{}, '', 'on (in on 8080, out)'],
  [{ inPorts: [], outbound: false }, '', 'on (nothing yet)'],
  [{ state: 'off' }, '', 'off'],
  [{ state: 'off' }, 'It uses the host’s network.', 'cannot be captured'],
  [{ state: 'waiting' }, '', 'waiting'],
])('%j is "%s%s"', (capture, refusal, text) => {
  expect(captureText(container(capture, {}, { refusal }))).toBe(text);
});

const news = (): ContainerNews => new ContainerNews(({ project }) => project === 'shop');

describe('news', () => {
  test('each step and each error is told once', () => {
    const teller = news();
    expect(teller.tell([container({ state: 'attaching', step: 'Building the agent image' })])).toEqual([
      'web: Building the agent image',
    ]);
    expect(teller.tell([container({ state: 'attaching', step: 'Building the agent image' })])).toEqual([]);
    expect(teller.tell([container({ state: 'on' })])).toEqual([]);
    expect(teller.tell([container({}, { busy: 'Restarting' })])).toEqual(['web: Restarting']);
    expect(teller.tell([container({ error: 'The agent ended.' }, { error: 'No bundle was found.' })])).toEqual([
      'web: The agent ended.',
      'web: No bundle was found.',
    ]);
    expect(teller.tell([container({ error: 'The agent ended.' })])).toEqual([]);
  });

  test('a restart of the application is told when it goes and when it comes back', () => {
    const teller = news();
    teller.tell([container()]);
    expect(teller.tell([container({}, {}, { state: 'exited' })])).toEqual([
      'web: It has stopped; capture resumes when it runs again.',
    ]);
    expect(teller.tell([container({ state: 'waiting' }, {}, { state: 'exited' })])).toEqual([]);
    expect(teller.tell([container({ state: 'attaching' })])).toEqual([]);
    expect(teller.tell([container()])).toEqual(['web: It runs again and is captured.']);
  });

  test('a container that is switched off elsewhere is told', () => {
    const teller = news();
    teller.tell([container()]);
    expect(teller.tell([container({ state: 'off' })])).toEqual(['web: Its capture was switched off.']);
    expect(teller.tell([container({ state: 'off' })])).toEqual([]);
  });

  test('distrust is told with what to do, once', () => {
    const teller = news();
    teller.tell([container()]);
    const refused = [{ destination: 'api.example:443', reason: 'unknown CA' }];
    expect(teller.tell([container({}, { refused })])).toEqual([
      expect.stringMatching(/^web: .*TLS to api\.example:443.*sidetap trust/),
    ]);
    expect(teller.tell([container({}, { refused: [...refused, { destination: 'b:443', reason: '' }] })])).toEqual([]);
  });

  test('a container that is removed while captured is told, one that was off is not, and others are nobody’s concern', () => {
    const teller = news();
    const off = container({ state: 'off' }, {}, { name: 'db', id: '1' });
    const other = container({ step: 'x' }, {}, { name: 'other', id: '2', project: null });
    expect(teller.tell([container(), off, other])).toEqual([]);
    expect(teller.tell([])).toEqual(['web: The container was removed.']);
    expect(teller.tell([])).toEqual([]);
  });

  test('names and sentences from containers cannot act on the terminal', () => {
    expect(news().tell([container({ step: 'a\u001b[2J' }, {}, { name: 'w\u202eeb' })])).toEqual(['w\\u202eeb: a\\x1b[2J']);
  });
});

test('connections from before the capture are told of once, however many are left', () => {
  const news = new ContainerNews(() => true);
  const said = 'web: 3 connections were open before; they go on uncaptured until they are closed.';
  expect(news.tell([container({ earlier: 3 })])).toEqual([said]);
  expect(news.tell([container({ earlier: 1 })])).toEqual([]);
  expect(news.tell([container()])).toEqual([]);
  expect(earlierText(container({ earlier: 1 }))).toBe('One connection was open before; it goes on uncaptured until it is closed.');
});
