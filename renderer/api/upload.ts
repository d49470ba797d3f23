import { SidetapError } from '../../proxy-core/errors.ts';
import { takeToken } from './token.ts';

/**
 * Sends a file's content to the engine, which keeps it for an import. Resolves to the name by which it asks for it. `sent` is called with the
 * bytes that are under way. (`fetch` would not tell how far it is.)
 */
export function uploadFile(file: File, signal: AbortSignal, sent: (bytes: number) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    const fail = (message: string): void => reject(new SidetapError('import-failed', message));
    request.open('POST', '/api/uploads');
    request.responseType = 'json';
    request.setRequestHeader('Authorization', `Bearer ${takeToken(window.location, window.history, window.sessionStorage)}`);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.setRequestHeader('X-File-Name', encodeURIComponent(file.name.toWellFormed()));
    request.upload.addEventListener('progress', ({ loaded }) => sent(loaded));
    request.addEventListener('load', () => {
      const { upload, message } = (request.response ?? {}) as { upload?: string; message?: string };
      if (upload === undefined) fail(message ?? `The engine did not take ${file.name}.`);
      else resolve(upload);
    });
    request.addEventListener('error', () => fail(`${file.name} could not be sent: it cannot be read, or the engine is gone.`));
    request.addEventListener('abort', () => reject(new DOMException('The upload was cancelled.', 'AbortError')));
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort));
    signal.addEventListener('abort', abort);
    if (signal.aborted) reject(new DOMException('The upload was cancelled.', 'AbortError'));
    else request.send(file);
  });
}
