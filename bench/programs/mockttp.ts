import { generateCACertificate, getLocal } from 'mockttp';

/** mockttp as HTTP Toolkit uses it: forwards everything and listens to requests and responses. Arguments: upstream port (0: wherever asked). */
const upstreamPort = Number(process.argv[2]);
const server = getLocal({ https: await generateCACertificate(), recordTraffic: false });
await server.start();
if (upstreamPort > 0) await server.forAnyRequest().thenForwardTo(`http://127.0.0.1:${String(upstreamPort)}`);
else await server.forAnyRequest().thenPassThrough({ ignoreHostHttpsErrors: true });
await server.on('request', () => undefined);
await server.on('response', () => undefined);
console.log(server.port);
