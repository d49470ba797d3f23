import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { SidetapError } from '../proxy-core/errors.ts';
import { version } from '../proxy-core/version.ts';
import { exitCodes, fail, handleBrokenPipes } from './output.ts';

/** Runs one command line and gives the exit code. Commands are loaded when they are asked for, so that each starts fast. */
export async function run(argv: readonly string[]): Promise<number> {
  handleBrokenPipes();
  let exitCode: number = exitCodes.done;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    // Asked nothing, it says what can be asked; commander would call that an error.
    await program.parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Help and version end the parsing with code 0; everything else that commander throws is bad usage, and was printed.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    return fail(error);
  }
}

function createProgram(end: (exitCode: number) => void): Command {
  const program = new Command('sidetap')
    .description('See every request that goes into and out of your application; copy it as curl, replay it.')
    .version(version, '-V, --version')
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError(false)
    .configureOutput({ outputError: (text, write) => write(usageError(text)) })
    .addHelpText(
      'after',
      `
Start here:
  sidetap start capture --port 3000             your app listens on 3000; call it on 4143 instead
  sidetap start capture --port 3000 -- npm start    the same, and what it calls is captured too
  sidetap inspect                               the window

Exit codes: 0 it did what was asked, 1 it could not, 2 it was asked wrongly.`,
    );
  const start = program
    .command('start')
    .description('start something')
    .allowExcessArguments()
    .action(() => missing('start'));
  const stop = program
    .command('stop')
    .description('stop something')
    .allowExcessArguments()
    .action(() => missing('stop'));
  addStartCapture(start, end);
  addStopCapture(stop, end);
  addInspect(program, end);
  addList(program, end);
  addShow(program, end);
  addExport(program, end);
  addReplay(program, end);
  addCertificates(program, end);
  return program;
}

function missing(verb: 'start' | 'stop'): never {
  throw new SidetapError('bad-usage', `Say what to ${verb}: \`sidetap ${verb} capture\`.`);
}

/** Commander's `error: unknown option '--x'\n(Did you mean --y?)` as one sentence that says what to do. */
function usageError(text: string): string {
  const sentence = text
    .trim()
    .replace(/^error: /, '')
    .replaceAll('\n', ' ');
  const capital = sentence.charAt(0).toUpperCase() + sentence.slice(1);
  return `sidetap: ${capital.replace(/\.$/, '')}. Try --help.\n`;
}

type End = (exitCode: number) => void;

const dataDir = (): Option =>
  new Option('--data-dir <dir>', 'where pairs and the CA are kept (default: SIDETAP_HOME or ~/.sidetap)');
const json = (what: string): Option => new Option('--json', what);
const filter = (): Option => new Option('--filter <query>', 'only pairs that match, e.g. "status:>=500 host:api"');

function number(least: number, most: number, what: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) throw new InvalidArgumentError(what);
    return value;
  };
}

const port = number(0, 65_535, 'It must be a port number, or 0 for any free one.');
const id = number(1, Number.MAX_SAFE_INTEGER, 'It must be the id of a pair, as `sidetap list` shows it.');
const ids = (text: string, previous: readonly number[] = []): number[] => [...previous, id(text)];

function addStartCapture(parent: Command, end: End): void {
  parent
    .command('capture')
    .description('capture the traffic of an application until Ctrl-C or `sidetap stop capture`')
    .argument('[command...]', 'start this command under capture, and end when it ends; put -- before it')
    .option('--port <app>', 'the application: PORT, HOST:PORT, http://… or https://…; without it only outbound traffic is captured')
    .addOption(new Option('--in-port <port>', 'call the application here').default(undefined, '4143').argParser(port))
    .addOption(new Option('--out-port <port>', 'HTTP and SOCKS proxy for what it calls').default(undefined, '4140').argParser(port))
    .option('--bind <address>', 'listen on this address instead of 127.0.0.1')
    .option('--insecure-upstream', 'accept upstream certificates that cannot be verified')
    .option('--extra-ca <file>', 'PEM file with CAs to trust for upstream connections, beside the usual ones')
    .option('--open', 'open the window in a browser as well')
    .addOption(new Option('--no-open', 'do not open it (default)'))
    .addOption(json('print one JSON line when ready; the output of COMMAND then goes to stderr'))
    .addOption(dataDir())
    .passThroughOptions()
    .action(async (command: string[], options: Record<string, unknown>) => {
      const { startCapture } = await import('./commands/start-capture.ts');
      end(await startCapture({ ...options, app: options['port'] as string | undefined, open: options['open'] === true, command }));
    });
}

function addStopCapture(parent: Command, end: End): void {
  parent
    .command('capture')
    .description('stop the capture that runs on this data directory')
    .addOption(dataDir())
    .action(async (options: { dataDir?: string }) => {
      const { stopCapture } = await import('./commands/stop-capture.ts');
      end(await stopCapture(options));
    });
}

function addInspect(parent: Command, end: End): void {
  parent
    .command('inspect')
    .description('open the window on a running or stored capture')
    .option('--no-open', 'only print its address')
    .addOption(json('print one JSON line with the address'))
    .addOption(dataDir())
    .action(async (options: { open: boolean; json?: boolean; dataDir?: string }) => {
      const { inspect } = await import('./commands/inspect.ts');
      end(await inspect(options));
    });
}

function addList(parent: Command, end: End): void {
  parent
    .command('list')
    .description('list captured pairs, the newest first')
    .addOption(filter())
    .addOption(
      new Option('--limit <n>', 'this many at most (default: 100, or all with --json)').argParser(
        number(1, Number.MAX_SAFE_INTEGER, 'It must be a number above 0.'),
      ),
    )
    .option('--noise', 'health checks and probes too (default with --json, where each is marked)')
    .option('--no-noise', 'without them')
    .addOption(json('one pair a line'))
    .addOption(dataDir())
    .action(async (options: { filter?: string; limit?: number; noise?: boolean; json?: boolean; dataDir?: string }) => {
      const { list } = await import('./commands/list.ts');
      end(await list(options));
    });
}

function addShow(parent: Command, end: End): void {
  parent
    .command('show')
    .description('show one pair with its headers and bodies')
    .argument('<id>', 'as `sidetap list` shows it', id)
    .addOption(new Option('--body <side>', 'write only this body, decoded, as it is').choices(['request', 'response']))
    .addOption(json('as one JSON line, bodies included'))
    .addOption(dataDir())
    .action(async (pair: number, options: { body?: 'request' | 'response'; json?: boolean; dataDir?: string }) => {
      const { show } = await import('./commands/show.ts');
      end(await show(pair, options));
    });
}

function addExport(parent: Command, end: End): void {
  parent
    .command('export')
    .description('write pairs as curl commands or as a HAR file')
    .argument('[id...]', 'which pairs; or use --filter', ids)
    .addOption(new Option('--as <format>', 'the format').choices(['curl', 'har']).makeOptionMandatory())
    .addOption(filter())
    .option('-o, --output <file>', 'write to this file instead of stdout')
    .option('--reveal', 'leave secrets in: tokens, cookies, passwords and keys are masked otherwise')
    .addOption(
      new Option('--shell <shell>', 'quote curl commands for this shell').choices(['bash', 'powershell', 'cmd']).default('bash'),
    )
    .addOption(dataDir())
    .action(async (pairs: number[] | undefined, options: Record<string, unknown>) => {
      const { exportPairs } = await import('./commands/export.ts');
      end(await exportPairs(pairs ?? [], options as unknown as Parameters<typeof exportPairs>[1]));
    });
}

function addReplay(parent: Command, end: End): void {
  parent
    .command('replay')
    .description('send the request of a pair again and show what differs')
    .argument('<id>', 'as `sidetap list` shows it', id)
    .option('--to <url>', 'send it there instead: http://host:port or https://host:port')
    .addOption(json('the new pair and what differs, as one JSON line'))
    .addOption(dataDir())
    .action(async (pair: number, options: { to?: string; json?: boolean; dataDir?: string }) => {
      const { replay } = await import('./commands/replay.ts');
      end(await replay(pair, options));
    });
}

function addCertificates(parent: Command, end: End): void {
  parent
    .command('init')
    .description('create the data directory and the CA, and say how to go on')
    .addOption(dataDir())
    .action(async (options: { dataDir?: string }) => {
      const { init } = await import('./commands/init.ts');
      end(await init(options));
    });
  parent
    .command('certs')
    .description('show the CA and how to trust it')
    .option('--path', 'print only the path of the CA certificate')
    .option('--pem', 'print only the CA certificate, PEM')
    .option('--p12', 'print only the path of the trust store for Java (PKCS #12)')
    .addOption(dataDir())
    .action(async (options: { path?: boolean; pem?: boolean; p12?: boolean; dataDir?: string }) => {
      const { certs } = await import('./commands/certs.ts');
      end(await certs(options));
    });
  parent
    .command('doctor')
    .description('find out why nothing is captured')
    .addOption(json('one check a line'))
    .addOption(dataDir())
    .action(async (options: { json?: boolean; dataDir?: string }) => {
      const { doctor } = await import('./commands/doctor.ts');
      end(await doctor(options));
    });
}
