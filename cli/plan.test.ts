import { describe, expect, test } from 'vitest';
import type { CaptureWishes } from './plan.ts';
import { planOf } from './plan.ts';

const here = { cwd: '/home/me/shop', environment: { TOKEN: 'abc' } };
const plan = (wishes: Partial<CaptureWishes>) => planOf({ command: [], ...wishes }, here);
const nothing = { proxy: null, containers: [], projects: [], trust: null, image: null, command: [] };

describe('what is captured', () => {
  test('without any name: what passes the proxy on this machine', () => {
    expect(plan({})).toMatchObject({ ...nothing, proxy: { app: undefined } });
    expect(plan({ app: '3000', inPort: 0 })).toMatchObject({ proxy: { app: '3000', inPort: 0 }, containers: [] });
    expect(plan({ command: ['npm', 'start'] })).toMatchObject({ proxy: {}, command: ['npm', 'start'] });
  });

  test('containers and projects, each once, and nothing on this machine', () => {
    expect(plan({ container: ['web', 'db', 'web'], project: ['shop'], trust: 'bundle' })).toEqual({
      ...nothing,
      containers: ['web', 'db'],
      projects: ['shop'],
      trust: 'bundle',
    });
  });

  test('a container and the application on this machine that calls it', () => {
    expect(plan({ container: ['db'], app: '3000', outPort: 0 })).toMatchObject({
      proxy: { app: '3000', outPort: 0 },
      containers: ['db'],
    });
    expect(plan({ container: ['db'], command: ['npm', 'test'] })).toMatchObject({
      proxy: {},
      containers: ['db'],
      command: ['npm', 'test'],
    });
  });

  test('an image, whose command runs in its container', () => {
    expect(plan({ image: 'nginx', portMapping: ['8080:80'], network: 'shop', name: 'web', command: ['nginx', '-g', 'x'] })).toEqual(
      {
        ...nothing,
        image: {
          image: 'nginx',
          ports: ['8080:80'],
          env: [],
          volumes: [],
          network: 'shop',
          name: 'web',
          command: ['nginx', '-g', 'x'],
        },
      },
    );
  });

  test('an image that listens nowhere', () => {
    expect(plan({ image: 'worker' }).image).toMatchObject({ ports: [], command: [] });
  });

  test('port 0 takes any free one', () => {
    const portMapping = ['0:80', '127.0.0.1:0:80', '[::1]:0:53/udp', '8080:80', '80', '10:80', '127.0.0.10:80:80'];
    expect(plan({ image: 'x', portMapping }).image?.ports).toEqual([
      ':80',
      '127.0.0.1::80',
      '[::1]::53/udp',
      '8080:80',
      '80',
      '10:80',
      '127.0.0.10:80:80',
    ]);
  });

  test('a variable without a value has the one from here, or none', () => {
    expect(plan({ image: 'x', env: ['A=1=2', 'EMPTY=', 'TOKEN', 'MISSING'] }).image?.env).toEqual(['A=1=2', 'EMPTY=', 'TOKEN=abc']);
  });

  test('a relative source of a volume starts here; names and whole paths stay', () => {
    expect(
      plan({ image: 'x', volume: ['./src:/src:ro', '../data:/d', 'cache:/c', '/etc:/e', '.:/all', '/anonymous'] }).image?.volumes,
    ).toEqual(['/home/me/shop/src:/src:ro', '/home/me/data:/d', 'cache:/c', '/etc:/e', '/home/me/shop:/all', '/anonymous']);
  });
});

describe('contradictions are bad usage, and the sentence says what was meant', () => {
  test.each<[Partial<CaptureWishes>, string]>([
    [{ command: ['3000'] }, '--port 3000'],
    [{ image: '' }, 'name of an image'],
    [{ image: 'x', app: '80' }, '--port-mapping'],
    [{ image: 'x', container: ['web'] }, 'another terminal'],
    [{ image: 'x', project: ['shop'] }, 'another terminal'],
    [{ image: 'x', trust: 'twin' }, 'trust in place'],
    [{ image: 'x', inPort: 1 }, '--in-port'],
    [{ portMapping: ['1:2'] }, '--image'],
    [{ container: ['web'], env: ['A=1'] }, '--env'],
    [{ app: '3000', volume: ['a:b'] }, '--volume'],
    [{ network: 'n' }, '--network'],
    [{ name: 'n' }, '--name'],
    [{ trust: 'bundle' }, '--container'],
    [{ app: '3000', trust: 'bundle' }, '--container'],
    [{ container: ['web'], outPort: 4140 }, '--out-port'],
    [{ container: ['web'], bind: '0.0.0.0' }, '--bind'],
    [{ container: ['web'], extraCa: 'ca.pem' }, '--extra-ca'],
  ])('%j', (wishes, meant) => {
    const planning = (): unknown => plan(wishes);
    expect(planning).toThrow(expect.objectContaining({ code: 'bad-usage', message: expect.stringContaining(meant) as string }));
  });
});
