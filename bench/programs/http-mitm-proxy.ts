import { Proxy } from 'http-mitm-proxy';
import { freePort } from '../lib/nginx.ts';

/** http-mitm-proxy used as its README shows, looking at every response. Arguments: folder for its CA. Prints its port. */
const proxy = new Proxy();
// It prints every reset connection.
console.debug = () => undefined;
proxy.onError(() => undefined);
proxy.onRequest((context, callback) => {
  context.onResponseData((_, chunk, done) => done(null, chunk));
  callback();
});
const port = await freePort();
process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
proxy.listen({ port, host: '127.0.0.1', sslCaDir: process.argv[2] ?? '', keepAlive: true }, () => console.log(port));
