import { type RefObject, useEffect, useState } from 'react';

/** Smaller nobody can read it: then it is scrolled. */
const LEAST = 0.6;

/** The scale at which a drawing fits into its place, as far as it can still be read. */
export function useFit(place: RefObject<HTMLElement | null>, width: number, height: number): number {
  const [room, setRoom] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setRoom({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, [place]);
  if (room.width === 0 || width === 0 || height === 0) return 1;
  return Math.max(LEAST, Math.min(1, room.width / width, room.height / height));
}
