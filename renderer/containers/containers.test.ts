import { describe, expect, it } from 'vitest';
import type { Container } from '../../proxy-core/rrpair/containers.ts';
import { canSwitch, groupsOf, isStopped, matchesSearch, projectState } from './groups.ts';
import { enumerate, nameInProject, shortNames } from './names.ts';
import { portWords, progressWords, rateWords, shownState, trustWords } from './states.ts';
import { undecrypted } from './undecrypted.ts';

type Capture = Container['capture'];

const shown = ({ capture }: Container): Capture['state'] => capture.state;

function container(name: string, change: Partial<Container> = {}, capture: Partial<Capture> = {}): Container {
  return {
    id: name,
    name,
    image: 'node:24',
    project: null,
    service: null,
    state: 'running',
    health: 'none',
    ports: [{ container: 80, host: 8080, protocol: 'tcp' }],
    networks: ['bridge'],
    sharesNetworkWith: [],
    refusal: '',
    madeByUs: false,
    capture: {
      state: 'off',
      step: '',
      error: '',
      since: null,
      inPorts: [],
      outbound: false,
      connections: 0,
      earlier: 0,
      pairsIn: 0,
      pairsOut: 0,
      pairsPerSecond: 0,
      shed: { pairs: 0, bodies: 0 },
      agentBytes: 0,
      ...capture,
    },
    trust: { state: 'unknown', refused: [], applied: null, busy: '', error: '', serverKey: false },
    ...change,
  };
}

const member = (project: string, service: string, number = 1, capture: Partial<Capture> = {}): Container =>
  container(`${project}-${service}-${number}`, { project, service }, capture);

describe('names', () => {
  it('leaves out what the project says already', () => {
    expect(nameInProject(member('shop', 'web'))).toBe('web');
    expect(nameInProject(member('shop', 'web', 2))).toBe('web 2');
    expect(nameInProject(container('shop_web_1', { project: 'shop', service: 'web' }))).toBe('web');
    expect(nameInProject(container('my-own-name', { project: 'shop', service: 'web' }))).toBe('my-own-name');
    expect(nameInProject(container('alone-1'))).toBe('alone-1');
  });

  it('shortens only what cannot be mistaken for another', () => {
    const names = shortNames([member('shop', 'web'), member('blog', 'web'), member('shop', 'db'), container('web')]);
    expect(Object.fromEntries(names)).toEqual({
      'shop-web-1': 'shop-web-1',
      'blog-web-1': 'blog-web-1',
      'shop-db-1': 'db',
      web: 'web',
    });
  });

  it('enumerates', () => {
    expect(enumerate([])).toBe('');
    expect(enumerate(['a'])).toBe('a');
    expect(enumerate(['a', 'b', 'c'])).toBe('a, b and c');
    expect(enumerate(['a', 'b', 'c', 'd'])).toBe('a, b and 2 more');
  });
});

describe('groups', () => {
  it('puts projects first, by name, and members by name', () => {
    const groups = groupsOf([
      container('z'),
      member('shop', 'web', 10),
      member('shop', 'web', 2),
      member('Alpha', 'x'),
      container('a'),
    ]);
    expect(groups.map(({ project, containers }) => [project, containers.map(({ name }) => name)])).toEqual([
      ['Alpha', ['Alpha-x-1']],
      ['shop', ['shop-web-2', 'shop-web-10']],
      [null, ['a', 'z']],
    ]);
  });

  it('finds by name, image, project, network and port, every word', () => {
    const web = container('edge', { image: 'nginx:1.29', project: 'shop', networks: ['shop_default'] });
    for (const search of ['edge', 'NGINX', 'shop edge', ':8080', 'default', '']) expect(matchesSearch(web, search)).toBe(true);
    expect(matchesSearch(web, 'edge postgres')).toBe(false);
  });

  it('tells none, some and all of a project, leaving out what cannot be captured', () => {
    const on = member('shop', 'web', 1, { state: 'on' });
    const waiting = member('shop', 'job', 1, { state: 'waiting' });
    const off = member('shop', 'db');
    const refused = { ...member('shop', 'host'), refusal: 'It uses the host’s network.' };
    const stopped = { ...member('shop', 'old'), state: 'exited' as const };
    expect(projectState([off, refused], shown)).toEqual({ on: 0, of: 1, state: 'none' });
    expect(projectState([on, off, refused], shown)).toEqual({ on: 1, of: 2, state: 'some' });
    expect(projectState([on, waiting, stopped, refused], shown)).toEqual({ on: 2, of: 2, state: 'all' });
    expect(projectState([refused], shown)).toEqual({ on: 0, of: 0, state: 'none' });
  });

  it('knows what can be switched', () => {
    const gone = container('a', { state: 'exited' }, { state: 'waiting' });
    expect([isStopped(gone), canSwitch(gone)]).toEqual([false, true]);
    const stopped = container('a', { state: 'exited' });
    expect([isStopped(stopped), canSwitch(stopped)]).toEqual([true, false]);
  });
});

describe('states', () => {
  it.each([
    ['off', true, 'attaching'],
    ['failed', true, 'attaching'],
    ['detaching', true, 'attaching'],
    ['attaching', true, 'attaching'],
    ['on', true, 'on'],
    ['on', false, 'detaching'],
    ['attaching', false, 'detaching'],
    ['off', false, 'off'],
    ['failed', undefined, 'failed'],
  ] as const)('%s and wanted %s is shown as %s', (state, wanted, shown) => {
    expect(shownState(container('a', {}, { state }), wanted)).toBe(shown);
  });

  it('tells the step only of what is shown', () => {
    const building = container('a', {}, { state: 'attaching', step: 'Building the agent image' });
    expect(progressWords(building, 'attaching')).toBe('Building the agent image');
    expect(progressWords(building, 'detaching')).toBe('Switching off');
    const { trust } = building;
    const twin = container('a', { state: 'exited', trust: { ...trust, busy: 'Stopping the original' } });
    expect([shownState(twin, undefined), progressWords(twin, 'attaching')]).toEqual(['attaching', 'Stopping the original']);
    expect(isStopped(twin)).toBe(false);
    expect(progressWords(container('a', { state: 'exited' }), 'waiting')).toBe('Resumes when it runs again');
    expect(progressWords(building, 'on')).toBe('');
  });

  it('shortens ports and rates', () => {
    expect(portWords([80])).toBe('80');
    expect(portWords([80, 81, 82, 83])).toBe('80, 81 +2');
    expect([0, 0.04, 1.84, 9.96, 240.4, 1_234].map(rateWords)).toEqual(['', '', '1.8/s', '10/s', '240/s', '1.2k/s']);
  });

  it('says nothing of TLS that was never seen, and what to do where it is not trusted', () => {
    const { trust } = container('a');
    expect(trustWords({ trust })).toBeNull();
    const refused = [{ destination: 'pay.test:443', reason: 'The client does not trust Sidetap’s CA.' }];
    expect(trustWords({ trust: { ...trust, state: 'untrusted', refused } })).toEqual({
      tone: 'warn',
      text: 'TLS not trusted',
      action: 'Fix',
    });
    expect(trustWords({ trust: { ...trust, state: 'partly', refused } })?.text).toBe('TLS to 1 host not read');
    expect(trustWords({ trust: { ...trust, state: 'trusted', applied: 'twin' } })).toEqual({
      tone: 'ok',
      text: 'TLS is read, in a twin',
      action: 'Show',
    });
    expect(trustWords({ trust: { ...trust, state: 'untrusted', busy: 'Restarting' } })?.text).toBe('Restarting');
    expect(trustWords({ trust: { ...trust, error: 'There is no bundle in it.' } })?.tone).toBe('warn');
  });
});

describe('undecrypted TLS', () => {
  const row = { protocol: 'tls', direction: 'out', error: null, host: 'pay.test' } as const;
  const { trust } = container('a');
  const refusing = (reason: string): Pick<Container, 'trust'> => ({
    trust: { ...trust, state: 'partly', refused: [{ destination: 'pay.test:443', reason }] },
  });

  it('is said to be distrust, with the way to the fixes', () => {
    const distrust = { text: 'TLS, not trusted by this container', fix: 'tls' };
    expect(undecrypted({ ...row, error: 'client-rejected-certificate' }, { trust })).toEqual(distrust);
    expect(undecrypted(row, refusing('The client does not trust Sidetap’s CA (unknown ca).'))).toEqual(distrust);
    expect(undecrypted(row, { trust }, 'The client does not trust Sidetap’s CA.')).toEqual(distrust);
  });

  it('tells other reasons as they are', () => {
    expect(undecrypted(row, refusing('The client speaks HTTP/2 only.'))).toEqual({
      text: 'TLS, not read: The client speaks HTTP/2 only.',
      fix: null,
    });
    expect(undecrypted({ ...row, host: 'other.test' }, refusing('x'))).toEqual({ text: 'TLS, not read', fix: null });
  });

  it('asks for the key pair where the application serves it, and leaves everything else alone', () => {
    expect(undecrypted({ ...row, direction: 'in' }, { trust })?.fix).toBe('key');
    expect(undecrypted({ ...row, protocol: 'https' }, { trust })).toBeNull();
  });
});
