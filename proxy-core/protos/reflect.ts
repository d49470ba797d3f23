import { once } from 'node:events';
import http2 from 'node:http2';
import { rootCertificates } from 'node:tls';
import { messageOf, SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { ReflectionTarget } from '../rrpair/protos.ts';
import { LENGTH, lengthField, scanFields } from '../wire/grpc/scan.ts';
import { Declarations } from './declarations.ts';
import { parseDescriptorSet } from './parse.ts';
import { NotReflected, ReflectionStream } from './reflection-stream.ts';

/** Whom to trust when the server has a certificate. */
export interface ReflectionTrust {
  insecure: boolean;
  /** PEM. */
  extraCa: readonly string[];
}

/** https://github.com/grpc/grpc/blob/master/doc/server-reflection.md: older servers know the second only. */
const SERVICES = ['grpc.reflection.v1.ServerReflection', 'grpc.reflection.v1alpha.ServerReflection'] as const;

/** Numbers of what is asked for (reflection.proto, ServerReflectionRequest). */
const FILE_BY_NAME = 3;
const FILE_WITH_SYMBOL = 4;
const LIST_SERVICES = 7;
/** Of what is answered (ServerReflectionResponse). */
const FILES = 4;
const LISTED = 6;

/** Asks a server what its services are made of. Throws `upstream-unreachable` and `protos-invalid`. */
export async function reflectProtos(target: ReflectionTarget, trust: ReflectionTrust): Promise<Declarations> {
  const address = addressOf(target);
  const session = http2.connect(`${target.tls ? 'https' : 'http'}://${address}`, {
    rejectUnauthorized: !trust.insecure,
    ...(trust.extraCa.length === 0 ? {} : { ca: [...rootCertificates, ...trust.extraCa] }),
  });
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {}); // whoever races with it hears of it
  session.on('error', (error) => failed.reject(error));
  const timer = setTimeout(() => failed.reject(new Error('it did not answer in time')), limits.reflectionMillis);
  try {
    return await Promise.race([ask(session), failed.promise]);
  } catch (error) {
    if (error instanceof NotReflected) {
      const why = error.message === '' ? '' : ` (${error.message})`;
      throw new SidetapError(
        'protos-invalid',
        `${address} does not tell what its messages are made of${why}. Switch server reflection on there, or give .proto files.`,
      );
    }
    if (error instanceof SidetapError) throw error;
    throw new SidetapError(
      'upstream-unreachable',
      `${address} cannot be asked by gRPC${target.tls ? ' inside of TLS' : ''} (${messageOf(error)}).`,
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
    session.destroy();
  }
}

/** `host:port`, as people write it. */
export function addressOf({ host, port }: ReflectionTarget): string {
  return `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}

async function ask(session: http2.ClientHttp2Session): Promise<Declarations> {
  await once(session, 'connect');
  for (const [place, service] of SERVICES.entries()) {
    const stream = new ReflectionStream(session, service);
    try {
      return await askAll(stream);
    } catch (error) {
      if (!(error instanceof NotReflected && error.unknown) || place === SERVICES.length - 1) throw error;
    } finally {
      stream.close();
    }
  }
  throw new NotReflected('', true);
}

async function askAll(stream: ReflectionStream): Promise<Declarations> {
  const services = namesIn(await stream.ask(LIST_SERVICES, '*'));
  const files = new Map<string, Buffer>();
  const wanted = new Set<string>();
  const take = (answer: Buffer): void => {
    for (const file of partsOf(partsOf(answer, FILES)[0] ?? nothing, 1)) {
      const name = textOf(partsOf(file, 1)[0]);
      wanted.delete(name);
      if (files.has(name)) continue;
      files.set(name, file);
      for (const dependency of partsOf(file, 3)) if (!files.has(textOf(dependency))) wanted.add(textOf(dependency));
    }
  };
  for (const service of services) {
    if (!service.startsWith('grpc.reflection.')) take(await stream.ask(FILE_WITH_SYMBOL, service));
  }
  const asked = new Set<string>();
  for (let name = next(wanted, asked); name !== undefined; name = next(wanted, asked)) {
    if (asked.add(name).size > limits.protoFiles) break;
    // Most servers have sent them along; some do not know what they were built with.
    take(await stream.ask(FILE_BY_NAME, name));
  }
  if (files.size === 0) throw new NotReflected('it has no services', false);
  const declarations = new Declarations();
  const set = Buffer.concat([...files.values()].map((file) => lengthField(1, file)));
  declarations.add(parseDescriptorSet(set, 'What the server says'));
  return declarations;
}

function next(wanted: ReadonlySet<string>, asked: ReadonlySet<string>): string | undefined {
  for (const name of wanted) if (!asked.has(name)) return name;
  return undefined;
}

const nothing = Buffer.alloc(0);

function namesIn(answer: Buffer): string[] {
  return partsOf(partsOf(answer, LISTED)[0] ?? nothing, 1).map((service) => textOf(partsOf(service, 1)[0]));
}

/** What fields of this number have in them. */
function partsOf(bytes: Buffer, wanted: number): Buffer[] {
  const parts: Buffer[] = [];
  scanFields(bytes, 0, bytes.length, true, ({ number, wire, from, to }) => {
    if (number === wanted && wire === LENGTH) parts.push(bytes.subarray(from, to));
  });
  return parts;
}

function textOf(bytes: Buffer | undefined): string {
  return bytes?.toString('utf8') ?? '';
}
