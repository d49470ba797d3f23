import { useState } from 'react';
import type { ReadSide } from '../../../proxy-core/rrpair/reading.ts';
import { formatCount } from '../../design/format.ts';
import { visible } from '../../design/visible.ts';
import type { BodyTools } from '../body/BodyBar.tsx';
import type { ByteSource } from '../body/bytes.ts';
import { HexView } from '../body/HexView.tsx';
import type { ByteRange } from '../body/ranges.ts';
import './reading.css';

/** The bytes of a side in hex, and beside them what they are: choosing a frame selects its bytes. */
export function FramesView({ source, side, tools }: { source: ByteSource; side: ReadSide; tools: BodyTools }) {
  const [chosen, setChosen] = useState<(ByteRange & { index: number }) | null>(null);
  return (
    <div className="frames">
      <div className="frames-hex">
        <HexView source={source} tools={tools} chosen={chosen} />
      </div>
      <div className="frame-list mono" role="group" aria-label="Frames">
        {side.frames.map(({ offset, length, depth, name, text }, index) => (
          <button
            key={`${String(offset)} ${String(index)}`}
            type="button"
            className={chosen?.index === index ? 'frame frame-chosen' : 'frame'}
            aria-pressed={chosen?.index === index}
            title={`${formatCount(length)} bytes from ${formatCount(offset)} on`}
            onClick={() => setChosen({ from: offset, to: Math.min(source.size, offset + length), index })}
          >
            <span className="muted">{offset.toString(16).padStart(4, '0')}</span>
            <span className="muted">+{length}</span>
            <span className="truncate captured">
              {'\u00a0\u00a0'.repeat(Math.min(depth, 12))}
              {visible(name)} <span className="soft">{visible(text)}</span>
            </span>
          </button>
        ))}
        {side.moreFrames && <p className="pane-note">The first {formatCount(side.frames.length)} frames are listed.</p>}
      </div>
    </div>
  );
}
