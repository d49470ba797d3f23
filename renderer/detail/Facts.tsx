import type { ReactNode } from 'react';
import { CopyButton } from '../design/CopyButton.tsx';

/** A group of facts under a heading. */
export function FactGroup({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="facts">
      <h3 className="facts-title">{title}</h3>
      <dl className="facts-list">{children}</dl>
    </section>
  );
}

interface FactProps {
  name: string;
  /** Text to copy, where one would want to. */
  copy?: string;
  children: ReactNode;
}

export function Fact({ name, copy, children }: FactProps) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>
        <span className="fact-value captured">{children}</span>
        {copy !== undefined && <CopyButton text={copy} what={name} className="fact-copy" />}
      </dd>
    </div>
  );
}
