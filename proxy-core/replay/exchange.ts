import { setTimeout as delay } from 'node:timers/promises';
import { limits } from '../limits.ts';
import type { ExchangeHandle, ExchangeObserver } from '../wire/decoder.ts';
import { createHttp1Decoder } from '../wire/http1/decoder.ts';
import { createHttp2Decoder } from '../wire/http2/decoder.ts';
import { Http2Sender } from './http2-sender.ts';
import { CONTINUE_MILLIS, type ReplayableRequest } from './request.ts';
import type { Dialled } from './target.ts';

const micros = (): number => Math.round(performance.now() * 1000);

/**
 * Sends a request over a fresh connection and reads its answer; both go through the same decoder as captured traffic, so the observer sees what
 * really passed. Resolves when the exchange is over.
 */
export async function sendOver(
  dialled: Dialled,
  request: ReplayableRequest,
  observer: ExchangeObserver,
  deadline: AbortSignal,
): Promise<void> {
  if ('failure' in dialled) {
    // Nothing passed, but what would have is what a person wants to see beside the reason.
    const handle = observer.exchangeStarted(micros());
    handle.requestHead(request.head, micros());
    if (request.body.length > 0) handle.requestBody(request.body, request.body.length, micros());
    handle.requestEnded(micros());
    handle.failed(dialled.failure, dialled.detail, micros());
    return;
  }
  const { socket } = dialled;
  const watched = watch(observer);
  const decoder = request.http2 ? createHttp2Decoder(watched.observer) : createHttp1Decoder(watched.observer);
  let sender: Http2Sender | null = null;
  let received = 0;
  const finished = new Promise<void>((resolve) => {
    const end = (how: 'closed' | 'reset' | 'stopped'): void => {
      if (!watched.over()) decoder.end('server', how, micros());
      resolve();
    };
    socket.on('data', (bytes: Buffer) => {
      decoder.push('server', bytes, micros());
      sender?.received(bytes);
      received += bytes.length;
      if (received > limits.replayBytes) end('stopped');
    });
    socket.once('end', () => end('closed'));
    socket.once('error', () => end('reset'));
    socket.once('close', () => end('closed'));
    deadline.addEventListener('abort', () => end('stopped'), { once: true });
    watched.onOver(resolve);
  });

  const send = (bytes: Buffer): void => {
    decoder.push('client', bytes, micros());
    socket.write(bytes);
  };
  if (request.http2) sender = new Http2Sender(request, send);
  else send(request.head);
  if (!request.http2 && request.body.length > 0) {
    // Whatever the answer is, the body follows: the recorded client sent it too, and a server that keeps the connection waits for it.
    if (request.expectsContinue) await Promise.race([watched.answered, finished, delay(CONTINUE_MILLIS)]);
    if (!watched.over() && !socket.destroyed) send(request.body);
  }
  await finished;
  // Lets what is still unsent go out first; a peer that does not read it loses the connection.
  deadline.addEventListener('abort', () => socket.destroy(), { once: true });
  socket.destroySoon();
}

/** Passes everything on to the observer, and tells when the first exchange was answered and when it was over. */
interface Watched {
  observer: ExchangeObserver;
  over(): boolean;
  onOver(listener: () => void): void;
  answered: Promise<void>;
}

function watch(observer: ExchangeObserver): Watched {
  let over = false;
  let answer: () => void;
  let listener: (() => void) | null = null;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const finish = (): void => {
    over = true;
    listener?.();
  };
  return {
    over: () => over,
    onOver: (callback) => {
      listener = callback;
    },
    answered,
    observer: {
      exchangeStarted(at) {
        const handle = observer.exchangeStarted(at);
        const watched: ExchangeHandle = {
          requestHead: (bytes, when) => handle.requestHead(bytes, when),
          requestBody: (wire, payload, when) => handle.requestBody(wire, payload, when),
          requestEnded: (when) => handle.requestEnded(when),
          responseStarted: (when) => {
            handle.responseStarted(when);
            answer();
          },
          responseHead: (bytes, interim, when) => handle.responseHead(bytes, interim, when),
          responseBody: (wire, payload, when) => handle.responseBody(wire, payload, when),
          // A replay asks once: what an upgraded connection, or one that stays open, would say to it is not waited for.
          streams: (duplex) => {
            handle.streams(duplex);
            if (duplex) finish();
          },
          context: (context) => handle.context(context),
          responseEnded: (when) => {
            handle.responseEnded(when);
            finish();
          },
          failed: (code, detail, when) => {
            handle.failed(code, detail, when);
            finish();
          },
        };
        return watched;
      },
    },
  };
}
