import type { Colour } from '../../proxy-core/rrpair/pair.ts';

/** A colour as it is offered; empty for none. Words beside it say which it is. */
export function ColourDot({ colour }: { colour: Colour | null }) {
  return <span className="colour-dot" data-colour={colour ?? undefined} aria-hidden />;
}
