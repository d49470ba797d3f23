import { type LayoutRequest, layout } from './layout.ts';

addEventListener('message', (event: MessageEvent<LayoutRequest>) => {
  const result = layout(event.data);
  const memory = [result.text.starts.buffer, result.text.numbers.buffer];
  if (result.json !== null) memory.push(result.json.data.buffer);
  postMessage(result, { transfer: memory });
});
