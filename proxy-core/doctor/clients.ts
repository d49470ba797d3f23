import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { assertNever } from '../errors.ts';
import { limits } from '../limits.ts';
import { type ChildResult, runChild } from './child.ts';

/** A runtime whose own HTTP client is tried, the way an application would use it. */
export type Client = {
  readonly id: 'curl' | 'node' | 'python' | 'java';
  readonly title: string;
  /** Programs to look for, the first that is there is taken. */
  readonly programs: readonly string[];
  /** Arguments for a GET whose body goes to standard output. A failure ends with another exit code and a message. */
  args(url: string, folder: string): Promise<readonly string[]>;
  /** What the output says when the runtime cannot be tried at all, and what that means. */
  readonly cannotRun?: { readonly output: RegExp; readonly because: string };
};

/** How a try ended. */
export type ClientResult =
  | { readonly kind: 'answered'; readonly body: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'cannot-run'; readonly because: string };

/** https.get rather than fetch: it came to obey the variables later, so where it does, both do. */
const nodeSource = `
const url = process.argv[1];
require(url.startsWith('https:') ? 'https' : 'http').get(url, (response) => response.pipe(process.stdout)).on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});`;

const pythonSource = `
import sys, urllib.request
try:
    sys.stdout.write(urllib.request.urlopen(sys.argv[1]).read().decode())
except Exception as error:
    sys.exit(str(error))`;

/** The oldest client there is, which the newer ones share their settings with. */
const javaSource = `
import java.io.*;
import java.net.*;
class SidetapProbe {
  public static void main(String[] words) throws Exception {
    try (InputStream in = URI.create(words[0]).toURL().openStream()) {
      for (int b; (b = in.read()) >= 0; ) System.out.write(b);
      System.out.flush();
    } catch (IOException error) {
      System.err.println("failed: " + error);
      System.exit(1);
    }
  }
}`;

export const clients: readonly Client[] = [
  { id: 'curl', title: 'curl', programs: ['curl'], args: async (url) => ['-sS', '--globoff', url] },
  { id: 'node', title: 'Node', programs: ['node'], args: async (url) => ['-e', nodeSource, url] },
  { id: 'python', title: 'Python', programs: ['python3', 'python'], args: async (url) => ['-c', pythonSource, url] },
  {
    id: 'java',
    title: 'Java',
    programs: ['java'],
    async args(url, folder) {
      const file = path.join(folder, 'SidetapProbe.java');
      await fs.writeFile(file, javaSource);
      // The smallest heap and no second compiler: it is to be up soon.
      return ['-XX:TieredStopAtLevel=1', '-Xshare:auto', file, url];
    },
    cannotRun: {
      output:
        /Could not find or load main class|jdk\.compiler|error: no compiler|UnsupportedClassVersionError|Unable to locate a Java Runtime/,
      because: 'this Java cannot run a source file (that takes a JDK of 11 or later)',
    },
  },
];

/** Lets a client make one GET, in a process of its own that is ended when it takes too long. */
export async function runClient(
  client: Client,
  url: string,
  options: { env: NodeJS.ProcessEnv; signal?: AbortSignal; timeoutMillis?: number },
): Promise<ClientResult> {
  const { env, signal, timeoutMillis = limits.doctorClientMillis } = options;
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'sidetap-doctor-'));
  try {
    const args = await client.args(url, folder);
    for (const program of client.programs) {
      const result = await runChild(program, args, { env, signal, timeoutMillis });
      if (result.kind !== 'missing') return resultOf(client, result, timeoutMillis);
    }
    return { kind: 'missing' };
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}

function resultOf(client: Client, result: Exclude<ChildResult, { kind: 'missing' }>, timeoutMillis: number): ClientResult {
  switch (result.kind) {
    case 'timed-out':
      return { kind: 'failed', message: `no answer in ${timeoutMillis / 1000} s` };
    case 'aborted':
      return { kind: 'failed', message: 'stopped' };
    case 'ended':
      if (result.code === 0) return { kind: 'answered', body: result.stdout };
      if (client.cannotRun?.output.test(result.stderr) === true) return { kind: 'cannot-run', because: client.cannotRun.because };
      return { kind: 'failed', message: reason(result.stderr, `it ended with ${result.code}`) };
    default:
      return assertNever(result);
  }
}

/** The first line that is not the runtime talking of itself: its variables, its compiler's remarks, its warnings. */
function reason(stderr: string, otherwise: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  return (lines.find((line) => line !== '' && !/^(?:Picked up |Note: |\(node:|\(Use )/.test(line)) ?? otherwise).slice(0, 300);
}
