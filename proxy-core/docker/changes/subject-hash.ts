import { createHash, X509Certificate } from 'node:crypto';
import * as asn1js from 'asn1js';

/**
 * The name under which OpenSSL looks for a certificate in a folder of hashed names, without its number (`X509_NAME_hash`): the first four
 * bytes of the SHA-1 of the subject in canonical form, which is each text as UTF-8, in lower case, with single spaces.
 */
export function subjectHash(pem: string): string {
  const hash = createHash('sha1');
  for (const part of subjectOf(new X509Certificate(pem).raw)) hash.update(new Uint8Array(canonical(part).toBER()));
  return hash.digest().readUInt32LE(0).toString(16).padStart(8, '0');
}

function subjectOf(der: Uint8Array): asn1js.AsnType[] {
  const certificate = asn1js.fromBER(new Uint8Array(der)).result;
  const body = childrenOf(certificate)[0];
  // [0] version (absent in version 1), serial number, algorithm, issuer, validity, subject.
  const fields = childrenOf(body);
  const versioned = fields[0]?.idBlock.tagClass === 3;
  return childrenOf(fields[versioned ? 5 : 4]);
}

function canonical(relativeName: asn1js.AsnType): asn1js.AsnType {
  return new asn1js.Set({
    value: childrenOf(relativeName).map((attribute) => {
      const [type, value] = childrenOf(attribute);
      if (type === undefined || value === undefined) return attribute;
      return new asn1js.Sequence({ value: [type, value instanceof asn1js.BaseStringBlock ? canonicalText(value) : value] });
    }),
  });
}

function canonicalText(text: { getValue(): string }): asn1js.AsnType {
  const value = text
    .getValue()
    .replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '')
    .replace(/[ \t\n\v\f\r]+/g, ' ')
    .replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  return new asn1js.Utf8String({ value });
}

function childrenOf(value: asn1js.AsnType | undefined): asn1js.AsnType[] {
  return value instanceof asn1js.Constructed ? value.valueBlock.value : [];
}
