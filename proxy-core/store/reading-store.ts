import type { Caused } from '../rrpair/caused.ts';
import type { Conversation, ConversationQuery, MessageBody } from '../rrpair/conversation.ts';
import type { PairRecord } from '../rrpair/pair.ts';
import type { Reading } from '../rrpair/reading.ts';
import type { ServiceMap } from '../rrpair/service-map.ts';
import type {
  BodyBytes,
  BodyForm,
  FieldValue,
  HistogramRange,
  ListQuery,
  MessageSide,
  PairDetail,
  PairHistogram,
  PairPage,
  PairQuery,
  PairSummary,
  PathTreeAnswer,
  ValueField,
} from '../rrpair/shapes.ts';
import type { PairReader } from './store.ts';

/** The reading side of a store, which is its reader's. */
export abstract class ReadingStore implements PairReader {
  protected abstract readonly reader: PairReader;

  list(query: ListQuery, offset: number, limit: number): Promise<PairPage> {
    return this.reader.list(query, offset, limit);
  }

  search(question: Pick<PairQuery, 'filter' | 'noise'>, until: number): Promise<void> {
    return this.reader.search(question, until);
  }

  histogram(query: PairQuery, range: HistogramRange): Promise<PairHistogram> {
    return this.reader.histogram(query, range);
  }

  paths(query: PairQuery): Promise<PathTreeAnswer> {
    return this.reader.paths(query);
  }

  map(query: PairQuery): Promise<ServiceMap> {
    return this.reader.map(query);
  }

  caused(id: number): Promise<Caused> {
    return this.reader.caused(id);
  }

  values(field: ValueField, text: string): Promise<FieldValue[]> {
    return this.reader.values(field, text);
  }

  detail(id: number): Promise<PairDetail> {
    return this.reader.detail(id);
  }

  body(id: number, side: MessageSide, form: BodyForm, offset: number, length: number): Promise<BodyBytes> {
    return this.reader.body(id, side, form, offset, length);
  }

  reading(id: number, firstRow: number): Promise<Reading | null> {
    return this.reader.reading(id, firstRow);
  }

  conversation(id: number, query: ConversationQuery): Promise<Conversation | null> {
    return this.reader.conversation(id, query);
  }

  message(id: number, number: number): Promise<MessageBody> {
    return this.reader.message(id, number);
  }

  record(id: number): Promise<PairRecord> {
    return this.reader.record(id);
  }

  ids(query: PairQuery): AsyncIterable<number> {
    return this.reader.ids(query);
  }

  idList(query: PairQuery): Promise<Float64Array<ArrayBuffer>> {
    return this.reader.idList(query);
  }

  summaries(ids: readonly number[]): Promise<PairSummary[]> {
    return this.reader.summaries(ids);
  }
}
