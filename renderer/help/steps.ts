/** A step of instructions: something to read, something to type, or both. */
export interface Step {
  text: string;
  command: string;
}

/** Tells what is to be typed from what is to be read: `Undo: sudo rm …` is both, a sentence ends with a full stop. */
export function stepOf(step: string): Step {
  if (step.endsWith('.')) return { text: step, command: '' };
  const both = /^([A-Z][^:]*): (.+)$/s.exec(step);
  if (both?.[1] !== undefined && both[2] !== undefined) return { text: both[1], command: both[2] };
  return { text: '', command: step };
}
