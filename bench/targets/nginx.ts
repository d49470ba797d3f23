import { freePort, startNginx } from '../lib/nginx.ts';
import type { Running } from '../lib/types.ts';
import type { TargetSetting } from './setting.ts';

/** nginx as a reverse proxy, one worker, log off. It is no forward proxy: for HTTPS it terminates TLS and opens TLS to the upstream, as the others do. */
export async function startNginxTarget({ case: name, upstream, upstreamPort, folder }: TargetSetting): Promise<Running> {
  const port = await freePort();
  const secure = name === 'https-connect';
  const listen = secure
    ? `listen 127.0.0.1:${String(port)} ssl backlog=20000; ssl_certificate ${upstream.certFile}; ssl_certificate_key ${upstream.keyFile};`
    : `listen 127.0.0.1:${String(port)} backlog=20000;`;
  const nginx = await startNginx(
    folder,
    'proxy',
    `upstream behind { server 127.0.0.1:${String(secure ? upstream.httpsPort : upstreamPort)}; keepalive 64; keepalive_requests 1000000000; }
     server { ${listen}
       location / { proxy_pass ${secure ? 'https' : 'http'}://behind; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; proxy_request_buffering off; } }`,
    port,
  );
  return { port, wantsConnect: false, pids: nginx.pids, stored: () => Promise.resolve(null), stop: nginx.stop };
}
