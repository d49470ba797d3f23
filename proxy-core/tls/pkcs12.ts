import * as asn1js from 'asn1js';

/** One trusted certificate of a store: an alias and the DER. */
export type TrustedCertificate = { readonly alias: string; readonly der: Uint8Array };

const oid = {
  data: '1.2.840.113549.1.7.1',
  certBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  /** Oracle's: without it Java ignores a certificate that has no private key beside it. */
  trustedKeyUsage: '2.16.840.1.113894.746875.1.1',
  anyExtendedKeyUsage: '2.5.29.37.0',
} as const;

/**
 * A PKCS #12 file (RFC 7292) that Java opens as a trust store, with whatever password. It is neither encrypted nor signed: it holds public
 * certificates only, the JDK's own `cacerts` is made the same way since 18, and both parts are optional to every version from 8 on. So the
 * same certificates give the same bytes.
 */
export function writeTrustStore(certificates: readonly TrustedCertificate[]): Uint8Array {
  const safeContents = sequence(certificates.map(certificateBag));
  const authenticatedSafe = sequence([contentInfo(safeContents)]);
  const pfx = sequence([new asn1js.Integer({ value: 3 }), contentInfo(authenticatedSafe)]);
  return new Uint8Array(pfx.toBER());
}

/**
 * The certificates of a PKCS #12 file that is not encrypted, as the JDK's `cacerts` are since 18; of an encrypted one those parts that are
 * not. Null when it is no PKCS #12 at all.
 */
export function readTrustStore(bytes: Uint8Array): Uint8Array[] | null {
  const parsed = asn1js.fromBER(new Uint8Array(bytes));
  if (parsed.offset === -1 || !(parsed.result instanceof asn1js.Sequence)) return null;
  const [, authSafe] = parsed.result.valueBlock.value;
  const safe = contentOf(authSafe);
  if (safe === null) return null;
  return safe.flatMap((info) => (contentOf(info) ?? []).map(certificateOf).filter((der) => der !== null));
}

function sequence(value: asn1js.AsnType[]): asn1js.Sequence {
  return new asn1js.Sequence({ value });
}

function explicit(content: asn1js.AsnType): asn1js.Constructed {
  return new asn1js.Constructed({ idBlock: { tagClass: 3, tagNumber: 0 }, value: [content] });
}

function identifier(value: string): asn1js.ObjectIdentifier {
  return new asn1js.ObjectIdentifier({ value });
}

function contentInfo(content: asn1js.Sequence): asn1js.Sequence {
  return sequence([identifier(oid.data), explicit(new asn1js.OctetString({ valueHex: content.toBER() }))]);
}

function certificateBag({ alias, der }: TrustedCertificate): asn1js.Sequence {
  const bag = sequence([identifier(oid.x509Certificate), explicit(new asn1js.OctetString({ valueHex: new Uint8Array(der) }))]);
  return sequence([
    identifier(oid.certBag),
    explicit(bag),
    new asn1js.Set({
      value: [
        attribute(oid.friendlyName, new asn1js.BmpString({ value: alias })),
        attribute(oid.trustedKeyUsage, identifier(oid.anyExtendedKeyUsage)),
      ],
    }),
  ]);
}

function attribute(type: string, value: asn1js.AsnType): asn1js.Sequence {
  return sequence([identifier(type), new asn1js.Set({ value: [value] })]);
}

/** What the octets of an unencrypted ContentInfo hold, or null. */
function contentOf(info: asn1js.AsnType | undefined): asn1js.AsnType[] | null {
  if (!(info instanceof asn1js.Sequence)) return null;
  const [type, tagged] = info.valueBlock.value;
  if (!(type instanceof asn1js.ObjectIdentifier) || type.getValue() !== oid.data) return null;
  const octets = tagged instanceof asn1js.Constructed ? tagged.valueBlock.value[0] : undefined;
  if (!(octets instanceof asn1js.OctetString)) return null;
  const inner = asn1js.fromBER(octets.getValue());
  return inner.offset !== -1 && inner.result instanceof asn1js.Sequence ? inner.result.valueBlock.value : null;
}

function certificateOf(bag: asn1js.AsnType): Uint8Array | null {
  if (!(bag instanceof asn1js.Sequence)) return null;
  const [type, tagged] = bag.valueBlock.value;
  if (!(type instanceof asn1js.ObjectIdentifier) || type.getValue() !== oid.certBag) return null;
  const content = tagged instanceof asn1js.Constructed ? tagged.valueBlock.value[0] : undefined;
  const value = content instanceof asn1js.Sequence ? content.valueBlock.value[1] : undefined;
  const octets = value instanceof asn1js.Constructed ? value.valueBlock.value[0] : undefined;
  return octets instanceof asn1js.OctetString ? new Uint8Array(octets.getValue()) : null;
}
