import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type RunOptions, runContainer, type TestContainer, testContainer } from '../support/containers.ts';
import type { DockerHost } from '../support/dockerd.ts';
import { importImage } from '../support/images.ts';
import { sharedDocker } from '../support/shared.ts';
import { bundlePath, Cleanup, inspectedFacts, type Opened, openedChanges } from './support.ts';

const file = new Cleanup();
const each = new Cleanup();
afterAll(() => file.run());
afterEach(() => each.run());

let host: DockerHost;
let image: string;
let opened: Opened;
beforeAll(async () => {
  host = await sharedDocker();
  image = await importImage(host, 'sidetap-test/fixes', {
    caBundle: true,
    files: {
      '/serve': { content: '#!/bin/sh\ntrap "exit 0" TERM\necho started\nwhile :; do sleep 0.1; done\n', mode: 0o755 },
      '/broken': {
        content: '#!/bin/sh\necho cannot run like this\ntest -z "$NODE_EXTRA_CA_CERTS" || exit 3\nexec /serve\n',
        mode: 0o755,
      },
    },
    dockerfile: ['CMD ["/serve"]', 'VOLUME /data'],
  });
  opened = await openedChanges(file, host);
  file.add(() => opened.changes.close());
});

async function running(options: Partial<RunOptions> = {}): Promise<TestContainer> {
  const app = await runContainer(host, { image, ...options });
  each.add(() => app.remove());
  return app;
}

const shell = async (app: TestContainer, script: string): Promise<string> => (await app.exec(['sh', '-c', script])).stdout;
const bundleFacts = `sha256sum ${bundlePath}; stat -c '%a %u %g %y' ${bundlePath}; ls -a /etc/ssl/certs`;

test('the CA is added to the bundle of a running container, and taken out again to the byte', async () => {
  const app = await running();
  await shell(app, `chmod 640 ${bundlePath}; chown 5:6 ${bundlePath}; ln -s certs/ca-certificates.crt /etc/ssl/cert.pem`);
  const before = await shell(app, bundleFacts);
  const inspected = await inspectedFacts(host.docker, app.id);
  const applied = await opened.changes.applyBundle(app.name);
  expect(applied).toMatchObject({ method: 'bundle', container: app.id, name: app.name, original: null });
  expect(opened.changes.appliedTo(app.id)).toEqual(applied);
  const bundle = await shell(app, `cat /etc/ssl/cert.pem`);
  expect(bundle).toContain(opened.authority.pem.trim());
  expect(await shell(app, `stat -c '%a %u %g' ${bundlePath}`)).toBe('640 5 6\n');
  expect(await opened.changes.applyBundle(app.id)).toEqual(applied);
  expect(await opened.changes.undo(app.id)).toEqual({ container: app.id, notes: [] });
  expect(await shell(app, bundleFacts)).toBe(before);
  expect(await inspectedFacts(host.docker, app.id)).toEqual(inspected);
  expect(opened.changes.appliedTo(app.id)).toBeNull();
});

test('a bundle that somebody else changed meanwhile loses our certificate only', async () => {
  const app = await running();
  await opened.changes.applyBundle(app.id);
  await shell(app, `echo '# theirs' >> ${bundlePath}`);
  const { notes } = await opened.changes.undo(app.id);
  expect(notes.join()).toContain('changed by others');
  const left = await shell(app, `cat ${bundlePath}`);
  expect(left).not.toContain('Sidetap');
  expect(left.endsWith('# theirs\n')).toBe(true);
});

test('a stopped container is put right too, and one that was removed needs nothing', async () => {
  const app = await running();
  const before = await shell(app, bundleFacts);
  await opened.changes.applyBundle(app.id);
  await app.container.stop();
  expect(await opened.changes.undo(app.id)).toEqual({ container: app.id, notes: [] });
  await app.container.start();
  expect(await shell(app, bundleFacts)).toBe(before);
  const other = await runContainer(host, { image });
  await opened.changes.applyBundle(other.id);
  await other.remove();
  expect(await opened.changes.undo(other.id)).toEqual({ container: null, notes: [] });
});

test('OpenSSL finds the CA by its hashed name where the system has such names', async () => {
  const hashed = await importImage(host, 'sidetap-test/hashed', {
    caBundle: true,
    programs: ['openssl'],
    files: { '/serve': { content: '#!/bin/sh\ntrap "exit 0" TERM\nwhile :; do sleep 0.1; done\n', mode: 0o755 } },
    dockerfile: ['CMD ["/serve"]'],
  });
  const app = await running({ image: hashed });
  const first = `openssl x509 -in ${bundlePath}`;
  await shell(app, `${first} -out /etc/ssl/certs/first.pem; ln -s first.pem /etc/ssl/certs/$(${first} -noout -subject_hash).0`);
  const before = await shell(app, bundleFacts);
  expect(before).toMatch(/[0-9a-f]{8}\.0/);
  await opened.changes.applyBundle(app.id);
  await shell(app, `echo '${opened.authority.pem}' > /ca.pem`);
  expect(await shell(app, 'openssl verify -no-CAfile -CApath /etc/ssl/certs /ca.pem')).toContain('OK');
  await opened.changes.undo(app.id);
  expect(await shell(app, bundleFacts)).toBe(before);
});

test('what is mounted from outside is left alone, and a read-only file system is refused, both with the way that works', async () => {
  const volume = `changes-certificates-${process.pid}`;
  await host.docker.createVolume({ Name: volume });
  each.add(() => host.docker.getVolume(volume).remove());
  const mounted = await running({ hostConfig: { Binds: [`${volume}:/etc/ssl/certs`] } });
  await expect(opened.changes.applyBundle(mounted.id)).rejects.toMatchObject({
    code: 'container-not-capturable',
    message: expect.stringMatching(/mounted from outside.*twin/) as unknown,
  });
  const readOnly = await running({ hostConfig: { ReadonlyRootfs: true } });
  await expect(opened.changes.applyBundle(readOnly.id)).rejects.toThrow(/read-only.*twin/);
  const empty = await importImage(host, 'sidetap-test/no-bundle', {});
  const without = await running({ image: empty, command: ['sleep', '1000'], create: { StopSignal: 'SIGKILL' } });
  await expect(opened.changes.applyBundle(without.id)).rejects.toThrow(/no file of trusted certificates.*twin/);
  expect(opened.changes.applied()).toEqual([]);
});

test('a restart happens in place and keeps what the container wrote', async () => {
  const app = await running({ create: { StopTimeout: 3 } });
  await shell(app, 'echo mine > /mine');
  const before = await shell(app, bundleFacts);
  const { StartedAt } = (await app.container.inspect()).State;
  const bundle = await opened.changes.applyBundle(app.id);
  expect(await opened.changes.applyRestart(app.id)).toEqual({ ...bundle, method: 'restart' });
  expect((await app.container.inspect()).State.StartedAt).not.toBe(StartedAt);
  expect(await shell(app, `cat /mine; grep -c 'Sidetap CA' ${bundlePath}`)).toBe('mine\n1\n');
  await opened.changes.undo(app.id);
  expect(await shell(app, bundleFacts)).toBe(before);
});

test('a twin has the networks, names, addresses, volumes, labels and ports of the original, which comes back as it was', async () => {
  const network = await host.docker.createNetwork({
    Name: `changes-${Date.now()}`,
    IPAM: { Config: [{ Subnet: '10.213.77.0/24' }] },
  });
  each.add(() => network.remove());
  const { Name } = await network.inspect();
  const app = await running({
    network: Name,
    ports: ['80'],
    labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' },
    env: ['MINE=yes', 'NODE_EXTRA_CA_CERTS=/own.pem'],
    create: {
      Hostname: 'chosen',
      Healthcheck: { Test: ['CMD', 'true'], Interval: 1_000_000_000 },
      NetworkingConfig: { EndpointsConfig: { [Name]: { Aliases: ['www'], IPAMConfig: { IPv4Address: '10.213.77.9' } } } },
    },
    hostConfig: {
      RestartPolicy: { Name: 'unless-stopped' },
      Memory: 64 * 1024 * 1024,
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
    },
  });
  const peer = await running({ network: Name });
  await shell(app, 'echo kept > /data/file');
  const before = await inspectedFacts(host.docker, app.id);
  const steps: string[] = [];
  const applied = await opened.changes.applyTwin(app.id, (step) => steps.push(step));
  expect(applied).toMatchObject({ method: 'twin', original: app.id, name: app.name, note: '' });
  expect(steps).toEqual([
    'Copying the container',
    'Stopping the original',
    'Starting the twin',
    'Waiting for it to be healthy',
    '',
  ]);
  const twin = await testContainer(host.docker, applied.container);
  expect(twin.name).toBe(app.name);
  expect(await shell(twin, 'cat /data/file; hostname; echo $MINE $SSL_CERT_FILE $NODE_EXTRA_CA_CERTS')).toBe(
    'kept\nchosen\nyes /.sidetap/ca-bundle.pem /.sidetap/ca-bundle.pem\n',
  );
  expect(await shell(twin, 'cat /.sidetap/ca-bundle.pem')).toContain(opened.authority.pem.trim());
  expect(await shell(peer, 'ping -c1 -W2 www')).toContain('10.213.77.9');
  const facts = await twin.container.inspect();
  expect(facts.Config.Labels).toMatchObject({ 'com.docker.compose.project': 'shop', 'sidetap.twin-of': app.id });
  expect(facts.HostConfig).toMatchObject({
    Memory: 64 * 1024 * 1024,
    RestartPolicy: { Name: 'unless-stopped' },
    LogConfig: { Config: { 'max-size': '1m' } },
  });
  await shell(twin, 'echo from the twin >> /data/file');
  expect((await app.container.inspect()).State.Running).toBe(false);
  await expect(opened.changes.applyTwin(twin.id)).rejects.toMatchObject({ code: 'container-busy' });
  expect(await opened.changes.undo(twin.id)).toEqual({ container: app.id, notes: [] });
  await expect(twin.container.inspect()).rejects.toMatchObject({ statusCode: 404 });
  expect(await inspectedFacts(host.docker, app.id)).toEqual(before);
  expect(await shell(app, 'cat /data/file')).toBe('kept\nfrom the twin\n');
  expect(await shell(peer, 'ping -c1 -W2 www')).toContain('10.213.77.9');
});

/** `ADDRESS PORT` of the host, for the container's port 80. */
async function ports(app: TestContainer): Promise<string[]> {
  const { Ports } = (await app.container.inspect()).NetworkSettings;
  return (Ports['80/tcp'] ?? []).map(({ HostIp, HostPort }) => `${HostIp} ${HostPort}`).toSorted();
}

test('a twin keeps the ports that Docker chose, also where those of IPv4 and IPv6 differ', async () => {
  // From now on the next free port of IPv6 is another one than that of IPv4, and each is another container's in the other family.
  const first = await running({ ports: ['80'], hostConfig: { PortBindings: { '80/tcp': [{ HostIp: '::', HostPort: '0' }] } } });
  const app = await running({ ports: ['80'] });
  const next = await running({ ports: ['80'] });
  const before = { first: await ports(first), app: await ports(app), next: await ports(next) };
  const { container } = await opened.changes.applyTwin(app.id);
  expect(before.app).toHaveLength(2);
  expect({
    first: await ports(first),
    app: await ports(await testContainer(host.docker, container)),
    next: await ports(next),
  }).toEqual(before);
  await opened.changes.undo(app.id);
});

test('a container with a read-only file system gets its twin with the files in a volume, which goes with it', async () => {
  const app = await running({ hostConfig: { ReadonlyRootfs: true } });
  const volumes = (await host.docker.listVolumes()).Volumes.length;
  const { container } = await opened.changes.applyTwin(app.id);
  const twin = await testContainer(host.docker, container);
  expect(await shell(twin, 'head -1 $SSL_CERT_FILE; touch /x || echo read-only')).toBe('-----BEGIN CERTIFICATE-----\nread-only\n');
  await opened.changes.undo(app.id);
  expect((await host.docker.listVolumes()).Volumes).toHaveLength(volumes);
});

test('a twin that cannot run gives way to the original at once', async () => {
  const app = await running({ command: ['/broken'] });
  const before = await inspectedFacts(host.docker, app.id);
  await expect(opened.changes.applyTwin(app.id)).rejects.toThrow(/ended with code 3.*cannot run like this/s);
  expect(await inspectedFacts(host.docker, app.id)).toEqual(before);
  expect(opened.changes.applied()).toEqual([]);
});

test('a twin is refused where the original would not come back, or others would lose by it', async () => {
  const removed = await runContainer(host, { image, hostConfig: { AutoRemove: true } });
  await expect(opened.changes.applyTwin(removed.id)).rejects.toThrow(/--rm/);
  await removed.container.stop();
  const app = await running();
  await running({ hostConfig: { NetworkMode: `container:${app.id}` } });
  await expect(opened.changes.applyTwin(app.id)).rejects.toThrow(/uses the network/);
  await expect(opened.changes.applyRestart(app.id)).rejects.toThrow(/uses the network/);
  const linked = await running();
  await running({ hostConfig: { Links: [`${linked.name}:old`] } });
  await expect(opened.changes.applyTwin(linked.id)).rejects.toThrow(/--link/);
  await linked.container.pause();
  await expect(opened.changes.applyRestart(linked.id)).rejects.toThrow(/docker unpause/);
});

test('a twin that the user removed gives its name back to the original, which is left stopped', async () => {
  const app = await running();
  const { container } = await opened.changes.applyTwin(app.id);
  await host.docker.getContainer(container).remove({ force: true });
  const { notes } = await opened.changes.undo(app.id);
  expect(notes).toEqual([expect.stringContaining('was removed meanwhile')]);
  const { Name, State } = await app.container.inspect();
  expect([Name, State.Running]).toEqual([`/${app.name}`, false]);
});

test('a twin that the user stopped leaves the original stopped', async () => {
  const app = await running();
  const { container } = await opened.changes.applyTwin(app.id);
  await host.docker.getContainer(container).stop();
  const { notes } = await opened.changes.undo(app.id);
  expect(notes).toEqual([expect.stringContaining('had stopped')]);
  const { Name, State } = await app.container.inspect();
  expect([Name, State.Running]).toEqual([`/${app.name}`, false]);
});

test('a twin stays when the user removed its original', async () => {
  const app = await runContainer(host, { image });
  const { container } = await opened.changes.applyTwin(app.id);
  each.add(() => host.docker.getContainer(container).remove({ force: true, v: true }));
  await app.remove();
  const undone = await opened.changes.undo(app.id);
  expect(undone).toEqual({ container, notes: [expect.stringContaining('The original')] });
  expect((await host.docker.getContainer(container).inspect()).State.Running).toBe(true);
});

test('one change of a container at a time; one that is called off is undone', async () => {
  const app = await running();
  const before = await inspectedFacts(host.docker, app.id);
  const begun = Promise.withResolvers<unknown>();
  const starting = Promise.withResolvers<unknown>();
  const first = opened.changes.applyTwin(app.id, (step) => {
    begun.resolve(step);
    if (step === 'Starting the twin') starting.resolve(step);
  });
  const refused = expect(first).rejects.toThrow(/called off/);
  // Docker is asked about the container first, and answers three at once in any order.
  await begun.promise;
  const others = await Promise.allSettled([opened.changes.applyTwin(app.id), opened.changes.applyBundle(app.name)]);
  expect(others.map((other) => other.status === 'rejected' && (other.reason as { code: string }).code)).toEqual([
    'container-busy',
    'container-busy',
  ]);
  await starting.promise;
  expect(await opened.changes.undo(app.id)).toEqual({ container: app.id, notes: [] });
  await refused;
  expect(await inspectedFacts(host.docker, app.id)).toEqual(before);
});

test('nothing is changed any more when the journal is closed', async () => {
  const app = await running();
  const before = await shell(app, bundleFacts);
  const { changes } = await openedChanges(each, host);
  await changes.close();
  await expect(changes.applyBundle(app.id)).rejects.toMatchObject({ code: 'docker-unavailable' });
  expect(await shell(app, bundleFacts)).toBe(before);
});

test('changes survive while Docker is away, and are undone when it is back', async () => {
  let away = true;
  const app = await running();
  const { changes, dataDir } = await openedChanges(each, host);
  await changes.applyBundle(app.id);
  await changes.close();
  const { openChanges } = await import('../../../proxy-core/docker/changes/open-changes.ts');
  const later = await openChanges({
    docker: () => (away ? null : host.docker),
    dataDir,
    authority: async () => opened.authority,
    notify: ({ text }) => expect.unreachable(text),
  });
  expect(await later.sweep()).toEqual({ undone: 0, left: 1 });
  await expect(later.applyBundle(app.id)).rejects.toMatchObject({ code: 'docker-unavailable' });
  away = false;
  expect(await later.sweep()).toEqual({ undone: 1, left: 0 });
  expect(await later.sweep()).toEqual({ undone: 0, left: 0 });
  expect(await shell(app, `grep -c Sidetap ${bundlePath}`)).toBe('0\n');
  await later.close();
});
