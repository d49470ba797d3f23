import { readFileSync } from 'node:fs';

/**
 * To be loaded before the engine: its wall clock is as many milliseconds ahead as the file `SIDETAP_TEST_CLOCK` says. The monotonic clock
 * is untouched, as when somebody sets the time, or NTP does.
 */
const file = process.env['SIDETAP_TEST_CLOCK'] ?? '';
const RealDate = Date;

function now(): number {
  return RealDate.now() + Number(readFileSync(file, 'utf8'));
}

class ShiftedDate extends RealDate {
  constructor(...args: [] | [number | string | Date]) {
    if (args.length === 0) super(now());
    else super(...args);
  }

  static override now(): number {
    return now();
  }
}
globalThis.Date = ShiftedDate as DateConstructor;
