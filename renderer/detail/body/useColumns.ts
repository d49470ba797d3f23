import { type RefObject, useEffect, useState } from 'react';

const SAMPLE_CHARS = 100;

/** How many characters of its own font fit beside each other in an element; null until it is known. */
export function useColumns(element: RefObject<HTMLElement | null>, reservedPixels: number): number | null {
  const [columns, setColumns] = useState<number | null>(null);
  useEffect(() => {
    const box = element.current;
    if (box === null) return undefined;
    const sample = document.createElement('span');
    sample.textContent = 'x'.repeat(SAMPLE_CHARS);
    sample.className = 'lines-sample';
    box.append(sample);
    const width = sample.getBoundingClientRect().width / SAMPLE_CHARS;
    sample.remove();
    const measure = (): void => setColumns(Math.max(20, Math.floor((box.clientWidth - reservedPixels) / width)));
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    measure();
    return () => observer.disconnect();
  }, [element, reservedPixels]);
  return columns;
}
