import type { Reading } from '../../rrpair/reading.ts';
import type { StoredExchange } from '../protocol.ts';
import { readRequest } from './read-request.ts';
import { readResponse } from './read-response.ts';

/** What a command and its answer say. */
export function readMysql(exchange: StoredExchange): Reading {
  return { request: readRequest(exchange), response: readResponse(exchange) };
}
