import { TriangleAlert } from 'lucide-react';
import type { MessageDetail, PairDetail } from '../../../proxy-core/rrpair/shapes.ts';
import { formatBytes } from '../../design/format.ts';
import type { LoadedBody } from './useBody.ts';

interface BodyNoticesProps {
  detail: PairDetail;
  message: MessageDetail;
  body: LoadedBody;
}

/** What of a body cannot be seen, and why. */
export function BodyNotices({ detail, message, body }: BodyNoticesProps) {
  const notices: string[] = [];
  if (detail.bodyShed && message.keptBytes < message.wireBytes) {
    notices.push('Recording could not keep up, so not all of this body was kept. The traffic itself was not touched.');
  } else if (message.truncated) {
    notices.push(
      `The first ${formatBytes(message.keptBytes)} of ${formatBytes(message.wireBytes)} were kept. CRC-32 of all of it: ${message.crc32}.`,
    );
  }
  if (body.problem !== '') notices.push(body.problem);
  else if (!body.complete && notices.length === 0) notices.push('Only a part of this body can be shown.');
  return (
    <>
      {notices.map((notice) => (
        <p key={notice} className="body-notice">
          <TriangleAlert size={14} aria-hidden className="tone-warn" />
          {notice}
        </p>
      ))}
    </>
  );
}
