import { Agent } from 'node:http';
import { WebSocket as NodeWebSocket } from 'ws';
import { type Connection, connectClient } from './client.ts';

/**
 * `connectClient` for programs: straight, whatever the proxy variables say. In a terminal under capture they name Sidetap's own proxy, through
 * which Node's WebSocket would go (`NODE_USE_ENV_PROXY`): each `sidetap list` would then be captured, its token included.
 */
export function connectDirectly(target: { url: string; token: string }): Promise<Connection> {
  return connectClient(target, (address, protocols) => {
    const websocket = new NodeWebSocket(address, protocols, { agent: new Agent() });
    websocket.binaryType = 'arraybuffer';
    // The same interface by another type: that of ws has no DOM to lean on.
    return websocket as unknown as WebSocket;
  });
}
