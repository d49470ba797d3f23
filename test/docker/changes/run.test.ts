import { afterAll, beforeAll, expect, test } from 'vitest';
import { testContainer } from '../support/containers.ts';
import { type Dockerd, startDockerd } from '../support/dockerd.ts';
import { importImage } from '../support/images.ts';
import { dockerState } from '../support/state.ts';
import { Cleanup, type Opened, openedChanges } from './support.ts';

const cleanup = new Cleanup();
afterAll(() => cleanup.run());

let dockerd: Dockerd;
let image: string;
let opened: Opened;
beforeAll(async () => {
  dockerd = await startDockerd();
  cleanup.add(() => dockerd.stop());
  image = await importImage(dockerd, 'sidetap-test/run', {
    caBundle: true,
    files: { '/www/hello': 'hello' },
    dockerfile: [
      'CMD ["sh","-c","trap exit TERM; httpd -f -p 80 -h /www & wait"]',
      'ENV SSL_CERT_FILE=/from/image',
      'VOLUME /data',
    ],
  });
  opened = await openedChanges(cleanup, dockerd);
  cleanup.add(() => opened.changes.close());
});

const nothing = { image: '', ports: [], env: [], volumes: [], command: [] };

test('an image is started with trust in place, and nothing of it is left afterwards', async () => {
  const before = await dockerState(dockerd.docker);
  const applied = await opened.changes.run({
    ...nothing,
    image,
    name: 'web',
    ports: ['80'],
    env: ['CURL_CA_BUNDLE=/mine', 'GREETING=a=b'],
    volumes: ['/anonymous', '/tmp:/shared:ro'],
  });
  expect(applied).toMatchObject({ method: 'image', original: null, note: '' });
  const app = await testContainer(dockerd.docker, 'web');
  const facts = await app.container.inspect();
  expect(facts.NetworkSettings.Ports['80/tcp']?.map(({ HostIp }) => HostIp)).toEqual(['127.0.0.1']);
  const { stdout } = await app.exec([
    'sh',
    '-c',
    'echo $CURL_CA_BUNDLE $SSL_CERT_FILE $GREETING; head -1 $SSL_CERT_FILE; ls -d /anonymous /shared',
  ]);
  expect(stdout).toBe('/mine /.sidetap/ca-bundle.pem a=b\n-----BEGIN CERTIFICATE-----\n/anonymous\n/shared\n');
  await opened.changes.remove('web');
  expect(await dockerState(dockerd.docker)).toEqual(before);
});

test('what goes wrong is said, and leaves nothing', async () => {
  const before = await dockerState(dockerd.docker);
  const run = (options: object): Promise<unknown> => opened.changes.run({ ...nothing, image, ...options });
  await expect(run({ command: ['sh', '-c', 'echo no database; exit 4'] })).rejects.toMatchObject({
    code: 'container-change-failed',
    message: expect.stringMatching(/ended at once with code 4.*no database/s) as unknown,
  });
  await expect(run({ command: ['/no/such'] })).rejects.toMatchObject({ code: 'container-change-failed' });
  await expect(run({ image: 'localhost:1/none' })).rejects.toMatchObject({ code: 'image-not-found' });
  await expect(run({ image: 'Not A Name' })).rejects.toMatchObject({ code: 'image-not-found' });
  await expect(run({ network: 'no-such-network' })).rejects.toThrow(/no-such-network/);
  await expect(run({ volumes: ['./relative:/x'] })).rejects.toMatchObject({ code: 'bad-usage' });
  await expect(run({ env: ['NAME'] })).rejects.toMatchObject({ code: 'bad-usage' });
  await expect(run({ ports: ['x:y'] })).rejects.toMatchObject({ code: 'bad-usage' });
  expect(await dockerState(dockerd.docker)).toEqual(before);
  expect(opened.changes.applied()).toEqual([]);
});
