const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** The moment in the user's zone, as exactly as bars of a width need it: to the day, the minute, the second or its parts. */
export function momentText(at: number, unit: number, now: Date = new Date()): string {
  const date = new Date(at);
  const day = `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
  const time = clockText(date, unit);
  return date.toDateString() === now.toDateString() ? time : `${day}T${time}`;
}

function clockText(date: Date, unit: number): string {
  const minutes = `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
  if (unit >= MINUTE) return minutes;
  const seconds = `${minutes}:${twoDigits(date.getSeconds())}`;
  if (unit >= SECOND) return seconds;
  const digits = unit >= 100 ? 1 : unit >= 10 ? 2 : 3;
  return `${seconds}.${String(date.getMilliseconds()).padStart(3, '0').slice(0, digits)}`;
}

/** The precision in which bars of a width begin and end, ms. */
function unitOf(barMs: number): number {
  for (const unit of [MINUTE, SECOND, 100, 10]) if (barMs % unit === 0) return unit;
  return 1;
}

/** The condition that finds what begins in [from, to). Both ends of a range are meant as a whole, so that the last one is the unit before. */
export function timeTerm(from: number, to: number, barMs: number, now: Date = new Date()): string {
  const unit = unitOf(barMs);
  return `time:${momentText(from, unit, now)}..${momentText(to - unit, unit, now)}`;
}

/** Whether conditions of a filter are about the time. */
export const isTime = (condition: string): boolean => /^(?:not |-)*time(?::|=|!=|<|>)/i.test(condition);

const STEPS = [
  10,
  20,
  50,
  100,
  200,
  500,
  SECOND,
  2 * SECOND,
  5 * SECOND,
  10 * SECOND,
  15 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  28 * DAY,
];

export interface Tick {
  at: number;
  text: string;
}

/** Moments to write under the strip, at most so many. */
export function ticksOf(from: number, to: number, most: number): Tick[] {
  const step = STEPS.find((one) => (to - from) / one <= most) ?? Math.ceil((to - from) / Math.max(1, most) / DAY) * DAY;
  // Days and hours begin in the user's zone.
  const shift = new Date(from).getTimezoneOffset() * MINUTE;
  const ticks: Tick[] = [];
  for (let at = Math.ceil((from - shift) / step) * step + shift; at < to; at += step) {
    const date = new Date(at);
    ticks.push({
      at,
      text: step >= DAY ? `${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}` : clockText(date, step),
    });
  }
  return ticks;
}

/** How long something took, for a summary: `12 seconds`, `3 hours`. */
export function spanText(ms: number): string {
  for (const [unit, name] of [
    [DAY, 'day'],
    [HOUR, 'hour'],
    [MINUTE, 'minute'],
    [SECOND, 'second'],
  ] as const) {
    if (ms < unit * 1.5) continue;
    return `${Math.round(ms / unit)} ${name}s`;
  }
  return ms >= SECOND ? '1 second' : `${Math.round(ms)} milliseconds`;
}
