import { useMemo } from 'react';
import { assertNever } from '../../../proxy-core/errors.ts';
import type { ReadingSection, TableSection } from '../../../proxy-core/rrpair/reading.ts';
import { Button } from '../../design/Button.tsx';
import { CopyButton } from '../../design/CopyButton.tsx';
import { formatBytes, formatCount, plural } from '../../design/format.ts';
import { visible, visibleLines } from '../../design/visible.ts';
import { BodyViews } from '../body/BodyViews.tsx';
import { blobSource, fromBase64 } from '../body/bytes.ts';
import { sqlInLines, sqlTokens } from './sql.ts';

interface SectionProps {
  section: ReadingSection;
  /** What a value is called when it is saved. */
  fileName: string;
  /** Another page of a table is wanted: the number of its first row. */
  onPage: (row: number) => void;
}

/** Statements up to here are coloured: beyond that nobody reads, and there would be a hundred thousand pieces. */
const COLOURED_CHARS = 40_000;
/** Characters of a text that are laid out. */
const SHOWN_CHARS = 200_000;

/** One thing that a pair says. */
export function Section({ section, fileName, onPage }: SectionProps) {
  switch (section.kind) {
    case 'text':
      return <TextPart section={section} />;
    case 'fields':
      return (
        <section className="reading-part">
          <h3 className="facts-title">{section.title}</h3>
          <dl className="reading-fields mono">
            {section.fields.map(([name, value]) => (
              <div key={`${name} ${value}`}>
                <dt className="captured">{visible(name)}</dt>
                <dd className="captured">{visible(value)}</dd>
              </div>
            ))}
          </dl>
          {section.more > 0 && <p className="muted reading-more">{formatCount(section.more)} more</p>}
        </section>
      );
    case 'table':
      return <TablePart section={section} onPage={onPage} />;
    case 'value':
      return <ValuePart section={section} fileName={fileName} />;
    default:
      return assertNever(section);
  }
}

function TextPart({ section }: { section: Extract<ReadingSection, { kind: 'text' }> }) {
  const { title, text, language, cut } = section;
  const shown = (language === 'sql' ? sqlInLines(text) : text).slice(0, SHOWN_CHARS);
  const more = cut + Math.max(0, text.length - SHOWN_CHARS);
  return (
    <section className="reading-part">
      <h3 className="facts-title reading-title">
        {title}
        <CopyButton text={text} what={title} className="fact-copy" />
      </h3>
      <pre className={`reading-text mono captured${language === 'error' ? ' tone-bad' : ''}`}>
        {language === 'sql' && shown.length <= COLOURED_CHARS ? <Sql text={shown} /> : visibleLines(shown)}
      </pre>
      {more > 0 && <p className="muted reading-more">{formatCount(more)} characters more: Raw shows all that was kept</p>}
    </section>
  );
}

function Sql({ text }: { text: string }) {
  const tokens = useMemo(() => sqlTokens(text), [text]);
  return tokens.map(({ text: piece, kind, at }) => (
    <span key={at} className={`sql-${kind}`}>
      {visibleLines(piece)}
    </span>
  ));
}

function TablePart({ section, onPage }: { section: TableSection; onPage: (row: number) => void }) {
  const { title, columns, rows, offset, total } = section;
  const end = offset + rows.length;
  const numbered = rows.map((row, index) => ({ row, number: offset + index }));
  return (
    <section className="reading-part">
      <div className="reading-title">
        <h3 className="facts-title">{title}</h3>
        <span className="muted">{plural(total, 'row')}</span>
        <span className="spacer" />
        {(offset > 0 || end < total) && (
          <>
            <span className="muted">
              {formatCount(offset + 1)}–{formatCount(end)}
            </span>
            <Button tone="quiet" disabled={offset === 0} onClick={() => onPage(Math.max(0, offset - Math.max(rows.length, 1)))}>
              Previous
            </Button>
            <Button tone="quiet" disabled={end >= total} onClick={() => onPage(end)}>
              Next rows
            </Button>
          </>
        )}
      </div>
      {rows.length > 0 && (
        <div className="reading-table mono" role="region" aria-label={`${title}, table`} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {columns.map(({ name, type }, index) => (
                  <th key={`${name} ${String(index)}`} scope="col" className="captured">
                    {visible(name)}
                    {type !== '' && <span className="muted reading-type"> {visible(type)}</span>}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {numbered.map(({ row, number }) => (
                <tr key={number}>
                  {row.map((text, column) => (
                    <td key={columns[column]?.name ?? column} className="captured">
                      {text === null ? <span className="muted">null</span> : visible(text)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function ValuePart({ section, fileName }: { section: Extract<ReadingSection, { kind: 'value' }>; fileName: string }) {
  const { title, base64, bytes, mediaType } = section;
  const content = useMemo(() => fromBase64(base64), [base64]);
  const blob = useMemo(() => new Blob([content]), [content]);
  const whole = content.length === bytes;
  return (
    <section className="reading-part reading-value" aria-label={title}>
      <h3 className="facts-title">{title}</h3>
      {bytes === 0 ? (
        <p className="muted">Empty.</p>
      ) : (
        <div className="reading-views">
          <BodyViews
            blob={blob}
            start={content}
            source={blobSource(blob)}
            facts={{ mediaType, charset: '', contentType: mediaType, cut: !whole }}
            sizes={whole ? formatBytes(bytes) : `the first ${formatBytes(content.length)} of ${formatBytes(bytes)}`}
            fileName={fileName}
          />
        </div>
      )}
    </section>
  );
}
