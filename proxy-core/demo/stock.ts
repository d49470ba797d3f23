import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { between, sendJson } from './respond.ts';

/** The stock service behind the shop: quick, slow once in a while. */
export function createStock(): http.Server {
  return http.createServer((request, response) => {
    const sku = /^\/stock\/([\w-]+)$/.exec(request.url ?? '')?.[1];
    void delay(Math.random() < 0.05 ? between(250, 600) : between(1, 8)).then(() => {
      response.setHeader('Server', 'nginx/1.27.2');
      if (sku === undefined) sendJson(response, 404, { error: 'no such item' });
      else sendJson(response, 200, { sku, available: between(0, 40), warehouse: 'ams-2', checkedAt: new Date().toISOString() });
    });
  });
}
