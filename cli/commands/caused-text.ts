import { foldAlike } from '../../proxy-core/rrpair/alike.ts';
import type { Caused, CausedCall } from '../../proxy-core/rrpair/caused.ts';
import { protocolFacts } from '../../proxy-core/rrpair/protocols.ts';
import type { PairDetail, PairSummary } from '../../proxy-core/rrpair/shapes.ts';
import { count, duration, printable, styled } from '../text.ts';

/** Lines of calls that a person is shown; the list has all of them. */
const SHOWN = 20;
/** Characters of a location. */
const LOCATION = 90;

/** What caused a pair, or what it caused, and what that caused in other captured containers; nothing where that is not known. */
export function causedLines(
  { id, startedAt }: PairDetail,
  { causes, calls, moreCalls, unlinked, beyond, notFollowed }: Caused,
): string[] {
  const lines = causes.map(({ pair, confidence, evidence }) =>
    printable(`Caused by #${pair.id} ${nameOf(pair)} (${sureness(confidence)}). ${evidence}`),
  );
  if (calls.length > 0) {
    const further = beyond.reduce((sum, there) => sum + there.calls.length + there.moreCalls, 0);
    const cut = beyond.some((there) => there.moreCalls > 0);
    lines.push(`Caused ${count(calls.length + moreCalls, 'call')}${further > 0 ? `, and ${further} further on` : ''}:`);
    const all = callLines(calls, new Map(beyond.map((there) => [there.call, there.calls])), startedAt, 1);
    lines.push(...all.slice(0, SHOWN));
    const where = further > 0 ? `sidetap show ${id} --json` : `sidetap list --filter caused-by:${id}`;
    if (all.length > SHOWN || moreCalls > 0 || cut) lines.push(styled('dim', `  all of them: ${where}`));
  }
  if (notFollowed > 0)
    lines.push(
      styled(
        'dim',
        `What ${count(notFollowed, 'call')} caused further on was not looked at: there are too many, or too much lies between.`,
      ),
    );
  if (unlinked > 0)
    lines.push(styled('dim', `${count(unlinked, 'call')} made meanwhile cannot be told from those of other requests.`));
  return lines;
}

/** Calls that are alike in one line; below each line what they caused where they arrived. */
function callLines(
  calls: readonly CausedCall[],
  beyond: ReadonlyMap<number, readonly CausedCall[]>,
  began: string,
  depth: number,
): string[] {
  return foldAlike(calls, (call) => call.likeness).flatMap((group) => {
    const there = group.flatMap(({ pair }) => beyond.get(pair.id) ?? []);
    const line = `${'  '.repeat(depth)}${callLine(group, began)}`;
    return [line].concat(callLines(there, beyond, began, depth + 1));
  });
}

function callLine(group: readonly CausedCall[], began: string): string {
  const [first] = group;
  if (first === undefined) return '';
  const { pair, confidence, arrived } = first;
  const after = duration(Math.max(0, Date.parse(pair.startedAt) - Date.parse(began)));
  const took = duration(group.reduce((sum, each) => sum + (each.pair.durationMs ?? 0), 0));
  const times = group.length > 1 ? `×${group.length} ` : '';
  const sure = confidence < 0.95 ? ` (${sureness(confidence)})` : '';
  const where = arrived === null ? '' : `, arrived in ${arrived.source}`;
  return printable(
    `#${pair.id} +${after} ${took} ${pair.technology} ${times}${nameOf(pair)} → ${pair.status || pair.state}${sure}${where}`,
  );
}

/** A statement says what it does; all others are named by their verb too. */
function nameOf({ protocol, command, host, location }: PairSummary): string {
  const { kind, location: field } = protocolFacts(protocol);
  const shown = location.replaceAll(/\s+/g, ' ').slice(0, LOCATION);
  if (field === 'sql' && shown !== '') return shown;
  return kind === 'http' ? `${command} ${host}${shown}` : `${command} ${shown}`;
}

function sureness(confidence: number): string {
  return confidence >= 0.95 ? 'certain' : `${Math.round(confidence * 100)} % sure`;
}
