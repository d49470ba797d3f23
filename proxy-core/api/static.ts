import { readFile, realpath } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import path from 'node:path';

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
};

/** On every answer of the server, whatever it holds. */
export const commonHeaders: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
  'X-DNS-Prefetch-Control': 'off',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** For answers that are no page: nothing in them may run, even when a browser opens them. */
export const inertPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** For the window's own scripts: one that runs as a worker is bound by the policy that it came with. */
const scriptPolicy = "default-src 'none'; script-src 'self'; frame-ancestors 'none'";

/** What the window may do: its own scripts and styles (nothing inline), its own server, and pictures made from bytes. */
function pagePolicy(port: number): string {
  // Not [::1]: the server does not listen there, and a policy cannot name an IPv6 address.
  const sockets = ['127.0.0.1', 'localhost'].map((host) => `ws://${host}:${port}`).join(' ');
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "worker-src 'self'",
    `connect-src 'self' ${sockets}`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The file that a URL path names inside `root`, or null: plain names only, nothing hidden, no way out by `..` or by a link. */
async function locate(root: string, urlPath: string): Promise<string | null> {
  const name = urlPath === '/' ? '/index.html' : urlPath;
  if (!/^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/.test(name)) return null;
  try {
    const [base, file] = await Promise.all([realpath(root), realpath(path.join(root, name))]);
    return file.startsWith(base + path.sep) ? file : null;
  } catch {
    return null; // there is no such file
  }
}

const notBuilt = `<!doctype html><meta charset="utf-8"><title>Sidetap</title>
<p>The window has not been built yet. Run <code>npm run build</code> in the checkout, then load this page again.</p>`;

/** Serves the built window. The files hold no secret, so no token is asked for: it travels in the URL's fragment. */
export async function serveStatic(
  response: ServerResponse,
  request: { root: string | undefined; path: string; port: number; head: boolean },
): Promise<void> {
  const file = request.root === undefined ? null : await locate(request.root, request.path);
  let body: Buffer | null = null;
  if (file !== null) {
    try {
      body = await readFile(file);
    } catch {
      body = null; // a directory, or gone since: as if it had never been there
    }
  }
  const headers: Record<string, string> = { ...commonHeaders, 'Cache-Control': 'no-store' };
  let status = 200;
  if (body !== null && file !== null && file.endsWith('.html')) {
    headers['Content-Security-Policy'] = pagePolicy(request.port);
    headers['Content-Type'] = mediaTypes['.html'] ?? '';
  } else if (body !== null && file !== null) {
    headers['Content-Security-Policy'] = file.endsWith('.js') ? scriptPolicy : inertPolicy;
    headers['Content-Type'] = mediaTypes[path.extname(file)] ?? 'application/octet-stream';
    // Names of built assets carry a hash of their content.
    if (request.path.startsWith('/assets/')) headers['Cache-Control'] = 'private, max-age=31536000, immutable';
  } else {
    headers['Content-Security-Policy'] = inertPolicy;
    const page = request.path === '/';
    status = page ? 503 : 404;
    headers['Content-Type'] = page ? (mediaTypes['.html'] ?? '') : 'text/plain; charset=utf-8';
    body = Buffer.from(page ? notBuilt : 'Not found\n');
  }
  headers['Content-Length'] = String(body.length);
  response.writeHead(status, headers);
  response.end(request.head ? undefined : body);
}
