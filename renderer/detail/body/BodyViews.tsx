import { ChevronDown } from 'lucide-react';
import { useMemo, useState } from 'react';
import { assertNever } from '../../../proxy-core/errors.ts';
import { Button } from '../../design/Button.tsx';
import { CopyButton } from '../../design/CopyButton.tsx';
import { Menu, MenuItem } from '../../design/Menu.tsx';
import { Segmented } from '../../design/Segmented.tsx';
import { HeaderTable } from '../HeaderTable.tsx';
import { BodyBar, type BodyTools } from './BodyBar.tsx';
import type { ByteSource } from './bytes.ts';
import { CharsetText } from './CharsetText.tsx';
import { CodeView } from './CodeView.tsx';
import { HexView } from './HexView.tsx';
import { JsonView } from './JsonView.tsx';
import type { LinesEnd } from './jsonParse.ts';
import { type BodyView, languageOf, sniff, viewNames, viewsOf } from './kinds.ts';
import { MediaView } from './MediaView.tsx';
import { PartsView } from './PartsView.tsx';
import { SaveBody } from './SaveBody.tsx';
import { TableView } from './TableView.tsx';
import { TreeSession } from './treeSession.ts';
import { useAnswer, useWorker } from './useWork.ts';
import type { BodyFacts } from './work/facts.ts';
import type { Language, TreeKind } from './work/work.ts';
import type { BodyWorker } from './worker.ts';

interface BodyViewsProps {
  /** All of them; null while they are loaded, or when there are more than are loaded without being asked. */
  blob: Blob | null;
  /** The first of them. */
  start: Uint8Array;
  /** The same, read in parts. */
  source: ByteSource;
  facts: BodyFacts;
  sizes: string;
  /** What it is called when it is saved. */
  fileName: string;
}

const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { xml: 'XML', html: 'HTML', css: 'CSS', javascript: 'JavaScript' };

/** Bytes in the way that suits them best, and in every other way that may make sense. */
export function BodyViews({ blob, start, source, facts, sizes, fileName }: BodyViewsProps) {
  const [chosen, setChosen] = useState<BodyView | null>(null);
  const worker = useWorker(blob, facts);
  const looks = useMemo(() => sniff(start), [start]);
  const { suited, others } = viewsOf(facts.mediaType, looks);
  const language = languageOf(facts.mediaType) ?? languageOf(looks) ?? 'xml';
  const view = chosen ?? suited[0] ?? 'hex';
  const inBar = suited.includes(view) ? suited : [...suited, view];
  const nameOf = (each: BodyView): string => (each === 'source' ? LANGUAGE_NAMES[language] : viewNames[each]);
  const tools: BodyTools = {
    lead: (
      <>
        <Segmented
          label="Show body as"
          value={view}
          options={inBar.map((value) => ({ value, label: nameOf(value) }))}
          onChange={setChosen}
        />
        <Menu
          trigger={
            <Button tone="quiet" className="other-views" aria-label="Show body in another way">
              <ChevronDown size={13} />
            </Button>
          }
        >
          {others.map((other) => (
            <MenuItem key={other} onSelect={() => setChosen(other)}>
              {nameOf(other)}
            </MenuItem>
          ))}
        </Menu>
        <span className="muted body-size" title={sizes}>
          {sizes}
        </span>
      </>
    ),
    tail: <>{blob !== null && <SaveBody name={fileName} blob={blob} mediaType={facts.mediaType} />}</>,
  };
  if (view === 'hex') {
    return <HexView key={source.size} source={source} tools={tools} />;
  }
  if (blob === null || worker === null) return <BodyBar tools={tools} />;
  switch (view) {
    case 'json':
    case 'msgpack':
    case 'protobuf':
      return <TreeBody worker={worker} as={view} facts={facts} tools={tools} />;
    case 'source':
      return <CodeView worker={worker} language={language} tools={tools} />;
    case 'table':
      return <TableView worker={worker} tools={tools} />;
    case 'parts':
      return <PartsView worker={worker} blob={blob} tools={tools} fileName={fileName} />;
    case 'form':
      return <FormBody worker={worker} tools={tools} />;
    case 'text':
      return <CharsetText worker={worker} tools={tools} />;
    case 'image':
    case 'media':
    case 'pdf':
      return (
        <>
          <BodyBar tools={tools} />
          <MediaView worker={worker} blob={blob} mediaType={looks.startsWith('image/') ? looks : facts.mediaType} kind={view} />
        </>
      );
    default:
      return assertNever(view);
  }
}

const TREE_LABELS: Readonly<Record<TreeKind, string>> = {
  json: 'Body as JSON',
  msgpack: 'Body as MessagePack',
  protobuf: 'Body as Protocol Buffers',
};

function TreeBody({ worker, as, facts, tools }: { worker: BodyWorker; as: TreeKind; facts: BodyFacts; tools: BodyTools }) {
  const { answer, problem, share } = useAnswer(worker, { what: 'tree', as });
  const session = useMemo(
    () => (answer === null || typeof answer === 'string' ? null : new TreeSession(worker, as, answer)),
    [worker, as, answer],
  );
  if (session === null) {
    const says = typeof answer === 'string' ? answer : problem;
    return as === 'json' && says !== '' ? (
      <>
        <CharsetText worker={worker} tools={tools} />
        <p className="body-notice">{says}, so it is shown as text.</p>
      </>
    ) : (
      <>
        <BodyBar tools={tools} />
        {says === '' ? (
          <>
            <progress className="body-progress" aria-label="Reading the body" value={share} />
            <p className="pane-note">Reading it…</p>
          </>
        ) : (
          <p className="pane-note">{says}</p>
        )}
      </>
    );
  }
  const whole = as === 'json' ? 'body' : 'it as JSON';
  const all = (): Promise<string | Blob> => worker.do({ what: 'treeText', as, of: 'all', line: 0 });
  const withCopy = {
    ...tools,
    tail: [<CopyButton key="copy" text={all} what={whole} />, <span key="tail">{tools.tail}</span>],
  };
  const ending = treeEnding(session.state.end);
  return (
    <>
      <JsonView session={session} tools={withCopy} label={TREE_LABELS[as]} />
      {ending !== '' && <p className="body-notice">{ending}</p>}
      {as === 'protobuf' && (
        <p className="json-path muted truncate">
          {facts.mediaType.includes('grpc') ? 'Messages of gRPC, by field number' : 'By field number'}: without the schema, texts
          and messages are told apart by how they look.
        </p>
      )}
    </>
  );
}

/** Why a tree ends before its body does; empty when it does not. */
function treeEnding(end: LinesEnd): string {
  switch (end) {
    case 'whole':
      return '';
    case 'cut':
      return 'The tree goes as far as its values are whole: the rest of this body was not kept.';
    case 'long':
      return 'The tree shows the beginning: there are more values than can be kept at once. As text it can be seen to its end.';
    default:
      return assertNever(end);
  }
}

function FormBody({ worker, tools }: { worker: BodyWorker; tools: BodyTools }) {
  const { answer } = useAnswer(worker, { what: 'text', charset: '' });
  const fields = useMemo(() => (answer === null ? [] : [...new URLSearchParams(answer.text)]), [answer]);
  return (
    <>
      <BodyBar tools={tools} />
      <div className="form-view">
        <HeaderTable fields={fields} label="Form fields" />
        {answer !== null && fields.length === 0 && <p className="pane-note">There are no fields in it.</p>}
      </div>
    </>
  );
}
