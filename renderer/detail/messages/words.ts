import { assertNever } from '../../../proxy-core/errors.ts';
import type { ConversationKind } from '../../../proxy-core/rrpair/conversation.ts';

export interface StreamWords {
  /** Of the tab and of the list. */
  title: string;
  one: string;
  /** Both sides send. */
  twoSided: boolean;
  /** While none is chosen. */
  choose: string;
}

export function streamWords(kind: ConversationKind): StreamWords {
  switch (kind) {
    case 'websocket':
      return { title: 'Messages', one: 'message', twoSided: true, choose: 'Choose a message to see all of it.' };
    case 'events':
      return { title: 'Events', one: 'event', twoSided: false, choose: 'Choose an event to see all of it.' };
    case 'lines':
      return { title: 'Lines', one: 'line', twoSided: false, choose: 'Choose a line to see all of it.' };
    case 'grpc':
      return { title: 'Messages', one: 'message', twoSided: true, choose: 'Choose a message to see its fields.' };
    default:
      return assertNever(kind);
  }
}
