import { randomUUID } from 'node:crypto';
import https from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { DemoCertificate } from './messages.ts';
import { between, readJson, sendJson } from './respond.ts';

/** The payments service, over TLS: takes its time, and declines some cards. */
export function createPayments({ certPem, keyPem }: DemoCertificate): https.Server {
  return https.createServer({ cert: certPem, key: keyPem }, (request, response) => {
    void readJson(request).then(async (charge) => {
      await delay(between(25, 120));
      const requestId = { 'Request-Id': `req_${randomUUID().replaceAll('-', '').slice(0, 14)}` };
      if (charge['card'] === 'tok_declined') {
        sendJson(
          response,
          402,
          { error: { type: 'card_error', code: 'card_declined', message: 'The card was declined.' } },
          requestId,
        );
      } else {
        const id = `ch_${randomUUID().replaceAll('-', '').slice(0, 20)}`;
        sendJson(
          response,
          200,
          { id, amount: charge['amount'], currency: 'eur', status: 'succeeded', created: Math.floor(Date.now() / 1000) },
          requestId,
        );
      }
    });
  });
}
