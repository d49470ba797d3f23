import { expect } from 'vitest';
import type { Deviation } from '../../../proxy-core/export/code/deviation.ts';
import type { RawRequest } from '../raw-echo.ts';
import type { Sent } from './requests.ts';

const framing: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'host']);

/**
 * What arrived must be what was recorded, but for what the export has said: nothing else missing, nothing else added, every byte of
 * the body. Names are compared whatever their case, fields whatever their order.
 */
export function expectSent(sent: Sent, deviations: readonly Deviation[], got: RawRequest, code: string): void {
  const said = asSaid(sent, deviations);
  const chunked = got.headers.some(([name]) => /^transfer-encoding$/i.test(name));
  const added = new Set(deviations.flatMap((deviation) => (deviation.kind === 'added' ? [deviation.name.toLowerCase()] : [])));
  const wanted = fields(said.headers.filter(([name]) => !framing.has(name.toLowerCase())));
  const names = new Set(said.headers.map(([name]) => name.toLowerCase()));
  // Framing is each client's own matter, and what it adds is only looked at where it takes the place of something recorded.
  const arrived = fields(
    got.headers.filter(
      ([name]) => !framing.has(name.toLowerCase()) && !(added.has(name.toLowerCase()) && !names.has(name.toLowerCase())),
    ),
  );
  expect
    .soft(
      { startLine: got.startLine, headers: arrived, body: got.body.toString('latin1'), chunked },
      `${JSON.stringify(deviations)}\n${code}`,
    )
    .toEqual({
      startLine: `${said.method} ${said.target} HTTP/1.1`,
      headers: wanted,
      body: said.body.toString('latin1'),
      chunked: said.chunked,
    });
}

/** The request as the deviations say that it is sent. */
function asSaid(sent: Sent, deviations: readonly Deviation[]): Sent {
  const said: Sent = { ...sent, headers: sent.headers.map(([name, value]) => [name, value]) };
  for (const deviation of deviations) {
    switch (deviation.kind) {
      case 'left-out': {
        const at = said.headers.findIndex((field) => same(deviation.name)(field) && field[1] === deviation.value);
        if (at >= 0) said.headers.splice(at, 1);
        break;
      }
      case 'joined': {
        const all = said.headers.filter(same(deviation.name));
        const separator = deviation.name.toLowerCase() === 'cookie' ? '; ' : ', ';
        const rest = said.headers.filter((field) => !same(deviation.name)(field));
        said.headers = [...rest, [deviation.name, all.map(([, value]) => value).join(separator)]];
        break;
      }
      case 'value': {
        const field = said.headers.find((one) => same(deviation.name)(one) && one[1] === deviation.value);
        if (field !== undefined) field[1] = deviation.sent;
        break;
      }
      case 'unfolded':
        for (const field of said.headers) {
          if (same(deviation.name)(field)) field[1] = field[1].replaceAll(/\r?\n[ \t]+/g, ' ');
        }
        break;
      case 'method':
        said.method = deviation.sent;
        break;
      case 'target':
        said.target = deviation.sent;
        break;
      case 'body-left-out':
        said.body = Buffer.alloc(0);
        said.chunked = false;
        break;
      case 'length':
        said.chunked = false;
        break;
      case 'added':
      case 'browser':
      case 'refused':
        break;
    }
  }
  return said;
}

function fields(headers: readonly [string, string][]): string[] {
  return headers.map(([name, value]) => `${name.toLowerCase()}: ${value}`).toSorted();
}

function same(name: string): (field: [string, string]) => boolean {
  return (field) => field[0].toLowerCase() === name.toLowerCase();
}
