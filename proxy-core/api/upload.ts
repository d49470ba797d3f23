import type { IncomingMessage, ServerResponse } from 'node:http';
import { SidetapError } from '../errors.ts';
import type { Uploads } from '../transfer/uploads.ts';
import { refuse } from './refuse.ts';
import { commonHeaders, inertPolicy } from './static.ts';

/** Where a window sends files; see `Uploads`. */
export const uploadPath = '/api/uploads';

/** Takes a file's content as it is, of any length: `X-File-Name` is what it is called, percent-encoded. Answers `{"upload":"…"}`. */
export async function receiveUpload(uploads: Uploads, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') return refuse(response, { status: 405, message: 'Files are sent with POST.' });
  if (request.headers['content-type'] !== 'application/octet-stream') {
    return refuse(response, { status: 415, message: 'Send the file as it is, with `Content-Type: application/octet-stream`.' });
  }
  let upload: string;
  try {
    upload = await uploads.receive(nameOf(request), request, Number(request.headers['content-length'] ?? 0));
  } catch (error) {
    if (!(error instanceof SidetapError)) throw error;
    // Who went away needs no answer.
    if (request.destroyed && !request.complete && response.socket?.destroyed !== false) return;
    return refuse(response, { status: 413, message: error.message });
  }
  const body = JSON.stringify({ upload });
  response.writeHead(200, {
    ...commonHeaders,
    'Content-Security-Policy': inertPolicy,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  response.end(body);
}

function nameOf(request: IncomingMessage): string {
  try {
    return decodeURIComponent(String(request.headers['x-file-name'] ?? ''));
  } catch {
    return ''; // not percent-encoded: then it has none
  }
}
