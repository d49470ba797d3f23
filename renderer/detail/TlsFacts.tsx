import type { PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { visible } from '../design/visible.ts';
import { Fact } from './Facts.tsx';

type Tls = PairDetail['connection']['clientTls'];

function words(tls: NonNullable<Tls>): string {
  if (!tls.decrypted) return tls.reason === '' ? 'Passed on undecrypted' : tls.reason;
  const parts = [tls.version, tls.cipher, tls.alpn === '' ? '' : `ALPN ${tls.alpn}`];
  return parts.filter((part) => part !== '').join(' · ');
}

export function TlsFacts({ client, upstream }: { client: Tls; upstream: Tls }) {
  if (client === null && upstream === null) return <Fact name="TLS">None: sent in the clear</Fact>;
  const name = upstream?.serverName || client?.serverName || '';
  const same = client !== null && upstream !== null && words(client) === words(upstream);
  return (
    <>
      {same ? (
        <Fact name="TLS">{visible(words(client))}</Fact>
      ) : (
        <>
          {client !== null && <Fact name="TLS, client">{visible(words(client))}</Fact>}
          {upstream !== null && <Fact name="TLS, server">{visible(words(upstream))}</Fact>}
        </>
      )}
      {name !== '' && <Fact name="Server name">{visible(name)}</Fact>}
    </>
  );
}
