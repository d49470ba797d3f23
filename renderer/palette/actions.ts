import { launchKinds } from '../../proxy-core/rrpair/launch-kinds.ts';
import { useEngine } from '../api/engine.ts';
import { focusList, leaveDetail } from '../app/focus.ts';
import { toggleSources } from '../app/panel.ts';
import { type Preferences, setPreferences, usePreferences } from '../app/preferences.ts';
import { clearPairs, exportHar } from '../app/toolActions.ts';
import { compose, editPair } from '../compose/store.ts';
import { copyCurl, togglePin } from '../detail/actions.ts';
import { type DetailTab, openDetail, useDetail } from '../detail/store.ts';
import { clearFilter } from '../filter/actions.ts';
import { FILTER_ID, useFilter } from '../filter/store.ts';
import { type HelpTopic, showHelp } from '../help/store.ts';
import { follow, selectNothing, setQuestion, togglePause } from '../list/actions.ts';
import { resetColumns } from '../list/columnActions.ts';
import { moveSelection } from '../list/keys.ts';
import { pickAll, pickedIds } from '../list/pick.ts';
import { pinAll } from '../list/pickActions.ts';
import { rowAt, useList } from '../list/store.ts';
import { markActions } from '../marks/paletteActions.ts';
import { showPreferences } from '../preferences/store.ts';
import { replay } from '../replay/actions.ts';
import { offerReplayOfFilter } from '../replay/many.ts';
import { toggleSessions, useSessions } from '../snapshots/sessions.ts';
import { leaveSnapshot, offerSnapshot } from '../snapshots/store.ts';
import { switchCapture, switchDemo } from '../sources/actions.ts';
import { openLaunched, openWords } from '../sources/launch.ts';
import { startTour } from '../tour/store.ts';
import { offerExport, offerImport } from '../transfer/store.ts';
import { showPalette } from './store.ts';

export type ActionGroup = 'List' | 'Selected pair' | 'Window' | 'Sources' | 'Help';

/** Something that the window does. The palette, the menu, the keys and their map all read it from here. */
export interface Action {
  id: string;
  group: ActionGroup;
  /** What it does, as a person would say it. */
  title: string;
  /** As `keyOf` names it; without one it is in the palette only. */
  key?: string;
  /** False while it would do nothing; absent: it always does something. */
  available?: () => boolean;
  run: () => void;
}

const selectedId = (): number | null => useList.getState().selectedId;
const isSelected = (): boolean => selectedId() !== null;
const capturing = (): boolean => useEngine.getState().status?.capture.state === 'on';
const demo = (): boolean => useEngine.getState().status?.demo === true;

function selectedPinned(id: number): boolean {
  const { selectedIndex } = useList.getState();
  const row = selectedIndex === null ? undefined : rowAt(selectedIndex);
  if (row?.id === id) return row.pinned;
  const { detail } = useDetail.getState();
  return detail?.id === id && detail.pinned;
}

function pinSelected(): void {
  const id = selectedId();
  if (useList.getState().picked.size > 1) void pinAll(pickedIds(), true);
  else if (id !== null) void togglePin(id, selectedPinned(id));
}

function step(by: 1 | -1): void {
  moveSelection(by, null);
  focusList();
}

function focusField(field: Element | null): void {
  if (!(field instanceof HTMLInputElement)) return;
  field.focus();
  field.select();
}

const bodyFind = (): Element | null => document.querySelector('.find-input');

function withSelected(run: (id: number) => unknown): () => void {
  return () => {
    const id = selectedId();
    if (id !== null) run(id);
  };
}

const isView = (name: Preferences['listView']): boolean => usePreferences.getState().listView === name;
const view = (name: Preferences['listView']): void => setPreferences({ listView: name });

function tab(name: DetailTab, words: string): Action {
  return {
    id: `tab-${name}`,
    group: 'Selected pair',
    title: `Show its ${words}`,
    available: isSelected,
    run: () => openDetail(name),
  };
}

function help(topic: HelpTopic, title: string): Action {
  return { id: `help-${topic}`, group: 'Help', title, run: () => showHelp(topic) };
}

export const actions: readonly Action[] = [
  { id: 'next', group: 'List', title: 'Next pair', key: 'j', run: () => step(1) },
  { id: 'previous', group: 'List', title: 'Previous pair', key: 'k', run: () => step(-1) },
  { id: 'open', group: 'List', title: 'Open the selected pair', key: 'Enter', available: isSelected, run: () => openDetail() },
  {
    id: 'close',
    group: 'List',
    title: 'Close the details, or select nothing',
    key: 'Escape',
    run: () => (useDetail.getState().open ? leaveDetail() : selectNothing()),
  },
  { id: 'pause', group: 'List', title: 'Pause the list, or follow again', key: 'Space', run: togglePause },
  { id: 'newest', group: 'List', title: 'Go to the newest', run: follow },
  {
    id: 'noise',
    group: 'List',
    title: 'Show or hide health checks and probes',
    key: 'n',
    run: () => setQuestion({ noise: !useList.getState().noise }),
  },
  { id: 'clear', group: 'List', title: 'Clear the list', run: () => void clearPairs() },
  { id: 'export', group: 'List', title: 'Export to a file', run: () => offerExport() },
  { id: 'import', group: 'List', title: 'Import files', run: () => offerImport() },
  { id: 'export-har', group: 'List', title: 'Export these pairs as HAR', run: () => void exportHar() },
  { id: 'replay-many', group: 'List', title: 'Replay these pairs', run: offerReplayOfFilter },
  { id: 'snapshot', group: 'List', title: 'Save a snapshot', run: () => offerSnapshot() },
  {
    id: 'sessions',
    group: 'List',
    title: 'Show earlier sessions',
    available: () => !useSessions.getState().open,
    run: toggleSessions,
  },
  {
    id: 'leave-snapshot',
    group: 'List',
    title: 'Leave the snapshot',
    available: () => useList.getState().snapshot !== null,
    run: leaveSnapshot,
  },
  { id: 'compose', group: 'List', title: 'Compose a request', run: compose },
  { id: 'pick-all', group: 'List', title: 'Pick all rows', run: () => void pickAll() },
  { id: 'reset-columns', group: 'List', title: 'Reset the columns', run: resetColumns },
  {
    id: 'row-height',
    group: 'List',
    title: 'Compact or comfortable rows',
    run: () => setPreferences(({ rowHeight }) => ({ rowHeight: rowHeight === 'compact' ? 'comfortable' : 'compact' })),
  },
  {
    id: 'histogram',
    group: 'List',
    title: 'Show or hide traffic over time',
    run: () => setPreferences(({ histogram }) => ({ histogram: !histogram })),
  },
  { id: 'view-list', group: 'List', title: 'Show the list', available: () => !isView('list'), run: () => view('list') },
  { id: 'view-paths', group: 'List', title: 'Count by host and path', available: () => !isView('paths'), run: () => view('paths') },
  { id: 'view-map', group: 'List', title: 'Service map', available: () => !isView('map'), run: () => view('map') },

  {
    id: 'replay',
    group: 'Selected pair',
    title: 'Replay it',
    key: 'r',
    available: isSelected,
    run: withSelected((id) => replay(id)),
  },
  {
    id: 'edit',
    group: 'Selected pair',
    title: 'Edit it and replay',
    key: 'e',
    available: isSelected,
    run: withSelected((id) => editPair(id)),
  },
  {
    id: 'copy-curl',
    group: 'Selected pair',
    title: 'Copy it as curl',
    key: 'c',
    available: isSelected,
    run: withSelected((id) => copyCurl(id)),
  },
  { id: 'pin', group: 'Selected pair', title: 'Pin or unpin it', key: 'p', available: isSelected, run: pinSelected },
  ...markActions,
  {
    id: 'find',
    group: 'Selected pair',
    title: 'Find in its body',
    key: 'Mod+f',
    available: () => bodyFind() !== null,
    run: () => focusField(bodyFind()),
  },
  tab('overview', 'overview'),
  tab('request', 'request'),
  tab('response', 'response'),
  tab('timing', 'timing'),
  { ...tab('caused', 'calls, or what caused it'), key: 'u' },
  tab('raw', 'raw bytes'),

  { id: 'palette', group: 'Window', title: 'All commands', key: 'Mod+k', run: showPalette },
  { id: 'filter', group: 'Window', title: 'Filter', key: '/', run: () => focusField(document.getElementById(FILTER_ID)) },
  {
    id: 'clear-filter',
    group: 'Window',
    title: 'Clear the filter',
    available: () => useFilter.getState().draft !== '',
    run: clearFilter,
  },
  { id: 'saved-filters', group: 'Window', title: 'Saved filters', run: () => useFilter.setState({ saved: true }) },
  { id: 'preferences', group: 'Window', title: 'Preferences', key: 'Mod+,', run: () => showPreferences() },
  { id: 'sources', group: 'Window', title: 'Show or hide the sources', run: toggleSources },
  {
    id: 'detail-side',
    group: 'Window',
    title: 'Details below or beside the list',
    run: () => setPreferences({ detailSide: usePreferences.getState().detailSide === 'right' ? 'bottom' : 'right' }),
  },

  {
    id: 'capture-on',
    group: 'Sources',
    title: 'Start capture of the local app',
    available: () => !capturing(),
    run: () => void switchCapture(true),
  },
  {
    id: 'capture-off',
    group: 'Sources',
    title: 'Stop capture of the local app',
    available: capturing,
    run: () => void switchCapture(false),
  },
  ...launchKinds.map(
    (kind): Action => ({ id: `open-${kind}`, group: 'Sources', title: openWords(kind), run: () => void openLaunched(kind) }),
  ),
  { id: 'demo-on', group: 'Sources', title: 'Start the demo shop', available: () => !demo(), run: () => void switchDemo(true) },
  { id: 'demo-off', group: 'Sources', title: 'Stop the demo shop', available: demo, run: () => void switchDemo(false) },

  { id: 'tour', group: 'Help', title: 'Show the tour', run: startTour },
  { id: 'keys', group: 'Help', title: 'All keys', key: '?', run: () => showHelp('keys') },
  help('doctor', 'Why do I see nothing?'),
  help('route', 'Route traffic here'),
  help('trust', 'Trust the certificate'),
  help('containers', 'What the switches of containers do'),
  { id: 'syntax', group: 'Help', title: 'Syntax of the filter', run: () => useFilter.setState({ help: true }) },
];

export function actionOf(id: string): Action {
  const found = actions.find((action) => action.id === id);
  if (found === undefined) throw new Error(`there is no action “${id}”`);
  return found;
}

export const isAvailable = ({ available }: Action): boolean => available?.() ?? true;

const byKey = new Map(actions.flatMap((action) => (action.key === undefined ? [] : [[action.key, action] as const])));

/** The action of a key, as `keyOf` names it. */
export function actionOfKey(key: string): Action | undefined {
  return byKey.get(key);
}
