import { useLayoutEffect, useState } from 'react';

/** Width of an element without its scroll bar, pixels; it is measured before the first paint. */
export function useWidth(find: () => HTMLElement | null): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = find();
    if (element === null) return undefined;
    const measure = (): void => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [find]);
  return width;
}
