import { limits } from '../../limits.ts';
import type { ExchangeSummary, SummarisedHandle } from '../decoder.ts';
import { commandOf, keysOf } from './commands.ts';
import type { Command } from './request-reader.ts';
import { type SecretAnswer, secretAnswer } from './secrets.ts';

/** A command that waits for its answer. */
export interface Asked {
  handle: SummarisedHandle;
  args: readonly string[];
  summary: ExchangeSummary;
  /** Nothing is answered: CLIENT REPLY said so. */
  silent: boolean;
  /** The commands that EXEC runs. */
  queued: readonly string[];
  /** Which kind of subscription it changes, and how many answers are still to come; null for the others, which have one. */
  subscription: Subscription | null;
  secrets: SecretAnswer;
  /** Nothing follows from what the answer says. */
  plain: boolean;
  /** The first byte of an answer has come. */
  answering: boolean;
}

export interface Subscription {
  /** The first word of the answers. */
  word: string;
  /** Answers to come; 0 while that depends on what the client is subscribed to. */
  left: number;
}

const subscribing: ReadonlySet<string> = new Set([
  'SUBSCRIBE',
  'PSUBSCRIBE',
  'SSUBSCRIBE',
  'UNSUBSCRIBE',
  'PUNSUBSCRIBE',
  'SUNSUBSCRIBE',
]);

/** What `AnswerReader` looks into the answers of. */
const telling: ReadonlySet<string> = new Set(['EXEC', 'HELLO', 'MONITOR', 'PSYNC', 'RESET', 'SYNC']);

export function askedOf({ args, count }: Command, handle: SummarisedHandle): Asked {
  const command = commandOf(args);
  const keys = keysOf(args).join(' ');
  const more = count > args.length ? ' …' : '';
  const subscribes = subscribing.has(command);
  const secrets = secretAnswer(args);
  return {
    handle,
    args: args.length > 8 ? args.slice(0, 8) : args,
    summary: { command, location: (keys + more).slice(0, limits.summaryChars), status: '' },
    silent: false,
    queued: [],
    // One answer per channel.
    subscription: subscribes ? { word: command.toLowerCase(), left: count - 1 } : null,
    secrets,
    plain: !subscribes && secrets === 'none' && !telling.has(command),
    answering: false,
  };
}
