import { X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import { expect, test } from 'vitest';
import { readStore } from './java-roots.ts';
import { readTrustStore, writeTrustStore } from './pkcs12.ts';

const certificates = tls.rootCertificates
  .slice(0, 3)
  .map((pem, index) => ({ alias: `root-${index}`, der: new X509Certificate(pem).raw }));

test('reads back what it wrote, and writes the same bytes each time', () => {
  const bytes = writeTrustStore(certificates);
  expect(writeTrustStore(certificates)).toEqual(bytes);
  expect(readTrustStore(bytes)?.map((der) => Buffer.from(der))).toEqual(certificates.map(({ der }) => der));
});

test('is never thrown off by bytes that are no store, whole or cut', () => {
  expect(readStore(new Uint8Array())).toEqual([]);
  expect(readStore(Buffer.from('-----BEGIN CERTIFICATE-----'))).toEqual([]);
  const bytes = writeTrustStore(certificates);
  for (let length = 0; length < bytes.length; length += 97) expect(readStore(bytes.subarray(0, length))).toEqual([]);
});

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

test('reads the trusted entries of a JKS store up to where it ends', () => {
  const der = certificates[0]?.der ?? Buffer.alloc(0);
  const entry = [number(2), text('a'), Buffer.alloc(8), text('X.509'), number(der.length), der];
  const jks = Buffer.concat([number(0xfeedfeed), number(2), number(3), ...entry, ...entry]);
  expect(readStore(jks).map((found) => Buffer.from(found))).toEqual([der, der]);
  expect(readStore(jks.subarray(0, jks.length - 1))).toHaveLength(1);
});
