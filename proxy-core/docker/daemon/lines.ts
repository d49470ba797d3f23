import type { Readable } from 'node:stream';
import { limits } from '../../limits.ts';

/** The lines of a stream, each as JSON. Ends with the stream, throws its error, and one of its own for a line that has no end. */
export async function* jsonLines(stream: Readable): AsyncGenerator {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > limits.dockerEventChars) throw new Error('Docker sends an event without an end');
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line);
  }
}
