import type { ReactNode } from 'react';
import { Find } from './Find.tsx';
import type { Finder } from './useFind.ts';

/** What stands above a body beside what its view adds: the choice of views to the left, copy and save to the right. */
export interface BodyTools {
  lead: ReactNode;
  tail: ReactNode;
}

interface BodyBarProps {
  tools: BodyTools;
  finder?: Finder;
  children?: ReactNode;
}

export function BodyBar({ tools, finder, children }: BodyBarProps) {
  return (
    <div className="pane-bar body-bar">
      {tools.lead}
      <span className="spacer" />
      {finder !== undefined && <Find finder={finder} />}
      {children}
      {tools.tail}
    </div>
  );
}
