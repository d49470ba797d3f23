import { expect, test } from 'vitest';
import { checkContainers, type DockerLook } from '../../proxy-core/doctor/containers.ts';
import type { Container } from '../../proxy-core/rrpair/containers.ts';
import { sampleContainer } from '../support/scripted-containers.ts';

const agentImage = { name: 'localhost/sidetap-agent:1', present: true, named: false };
const there: DockerLook = { state: 'ready', problem: '', endpoint: 'unix:///run/docker.sock', agentImage };
const away: DockerLook = { state: 'unavailable', problem: 'Docker is not running. Start it.', endpoint: '', agentImage: null };

async function findings(look: DockerLook | Error, ...containers: Container[]): Promise<Record<string, string>> {
  const parts = { look: () => (look instanceof Error ? Promise.reject(look) : Promise.resolve(look)), containers };
  const found: Record<string, string> = {};
  for await (const { id, outcome, detail } of checkContainers(parts)) {
    expect(detail).not.toBe('');
    found[id] = `${outcome}: ${detail}`;
  }
  return found;
}

function captured(capture: Partial<Container['capture']>, trust: Partial<Container['trust']> = {}): Container {
  const web = sampleContainer('web');
  return { ...web, capture: { ...web.capture, state: 'on', ...capture }, trust: { ...web.trust, ...trust } };
}

test('Docker that answers, with the agent’s image', async () => {
  expect(await findings(there, sampleContainer('web'))).toEqual({
    docker: 'ok: Docker answers at unix:///run/docker.sock.',
    'agent-image': 'ok: localhost/sidetap-agent:1 is there.',
  });
});

test('an image that is not there is built when it is needed; one that the user named is pulled', async () => {
  const absent = { ...agentImage, present: false };
  expect((await findings({ ...there, agentImage: absent }))['agent-image']).toMatch(/^ok: .*builds it/);
  expect((await findings({ ...there, agentImage: { ...absent, named: true } }))['agent-image']).toMatch(
    /^ok: .*pulls it, because SIDETAP_AGENT_IMAGE/,
  );
});

test('Docker that is away is a warning, and a failure for who captures containers', async () => {
  expect(await findings(away)).toEqual({
    docker: `warning: ${away.problem} Capture without containers does not need it.`,
    'agent-image': 'skipped: Without Docker nobody can tell.',
  });
  const waiting = captured({ state: 'waiting' });
  expect(await findings(away, waiting)).toMatchObject({
    docker: `failed: ${away.problem}`,
    'container-web': 'ok: It is waiting.',
  });
});

test('a look that fails is a finding, and the others are still made', async () => {
  const found = await findings(new Error('boom'), captured({}));
  expect(found['docker']).toMatch(/^failed: .*boom/);
  expect(found['agent-image']).toMatch(/^skipped/);
  expect(found['container-web']).toMatch(/^ok/);
});

test.each<[string, Container, RegExp]>([
  ['is well', captured({ inPorts: [80, 443], pairsIn: 3, pairsOut: 4 }), /^ok: .*80, 443, 3 pairs in and 4 out/],
  ['listens nowhere', captured({}), /^ok: .*nothing listens/],
  ['failed', captured({ state: 'failed', error: 'The agent ended.' }), /^failed: The agent ended\.$/],
  ['works in part', captured({ error: 'The agent is overloaded.' }), /^warning: The agent is overloaded\.$/],
  ['has a change that failed', captured({}, { error: 'No bundle was found.' }), /^warning: No bundle was found\.$/],
  [
    'does not trust the CA',
    captured({}, { refused: [{ destination: 'pay.example:443', reason: 'It refused the certificate.' }] }),
    /^warning: TLS to pay\.example:443 passes unread \(It refused the certificate\); run: sidetap trust web --how bundle/,
  ],
])('a container whose capture %s', async (_name, container, finding) => {
  expect((await findings(there, container))['container-web']).toMatch(finding);
});
