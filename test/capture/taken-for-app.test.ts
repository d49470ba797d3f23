import { afterEach, describe, expect, test } from 'vitest';
import { refusedPort } from '../support/refused-port.ts';
import { cleanUp, open, readHead, startTestCapture } from './support.ts';

afterEach(cleanUp);

describe('the outbound port taken for the application', () => {
  test.each([true, false])('is told once, with where to call instead (inbound: %s)', async (withApp) => {
    const app = withApp ? { tls: false, host: '127.0.0.1', port: await refusedPort() } : null;
    const { inPort, outPort, notices } = await startTestCapture({ app });
    for (let times = 0; times < 2; times += 1) {
      const client = await open(outPort);
      client.write('GET /orders HTTP/1.1\r\nHost: a\r\n\r\n');
      expect(await readHead(client)).toMatch(/^HTTP\/1.1 400 /);
    }
    const instead = withApp
      ? `Call your application at 127.0.0.1:${inPort} instead.`
      : 'Start capture with the port of your application to get an address at which to call it.';
    expect(notices).toEqual([
      {
        id: 'outbound-taken-for-app',
        level: 'warning',
        text: `127.0.0.1:${outPort} is called as if it were your application: it is the proxy for what your application calls. ${instead}`,
      },
    ]);
  });

  test('is not, by what a proxy may be asked', async () => {
    const { outPort, notices } = await startTestCapture({ app: null });
    const client = await open(outPort);
    client.write('OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await readHead(client)).toMatch(/^HTTP\/1.1 400 /);
    expect(notices).toEqual([]);
  });
});
