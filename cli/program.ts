import { Command, CommanderError, Option } from 'commander';
import { SidetapError } from '../proxy-core/errors.ts';
import { limits } from '../proxy-core/limits.ts';
import { codeFormats } from '../proxy-core/rrpair/copy-formats.ts';
import { version } from '../proxy-core/version.ts';
import { addContainers, addOpen, addStartCapture, addStopCapture, addTrust } from './capture-commands.ts';
import type { ListOptions } from './commands/list.ts';
import type { MapOptions } from './commands/map.ts';
import type { ReplayManyOptions } from './commands/replay-many.ts';
import type { SendOptions } from './commands/send.ts';
import { addKeeping } from './keeping-commands.ts';
import { dataDir, type End, filter, id, ids, json, number, pace, snapshot } from './options.ts';
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

function createProgram(end: End): Command {
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
  sidetap start capture --container web         everything in and out of a running container
  sidetap open chromium                         a browser of its own under capture; or: terminal, firefox
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
  addOpen(program, end);
  addContainers(program, end);
  addTrust(program, end);
  addInspect(program, end);
  addList(program, end);
  addShow(program, end);
  addMap(program, end);
  addExport(program, end);
  addKeeping(program, end);
  addReplay(program, end);
  addSend(program, end);
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
    .addOption(snapshot())
    .option('--noise', 'health checks and probes too (default with --json, where each is marked)')
    .option('--no-noise', 'without them')
    .addOption(json('one pair a line'))
    .addOption(dataDir())
    .action(async (options: ListOptions) => {
      const { list } = await import('./commands/list.ts');
      end(await list(options));
    });
}

function addMap(parent: Command, end: End): void {
  parent
    .command('map')
    .description('show who calls whom, how often, how well and how fast')
    .addOption(filter())
    .addOption(snapshot())
    .addOption(json('as one JSON line'))
    .addOption(dataDir())
    .action(async (options: MapOptions) => {
      const { map } = await import('./commands/map.ts');
      end(await map(options));
    });
}

function addShow(parent: Command, end: End): void {
  parent
    .command('show')
    .description('show one pair with its headers and bodies')
    .argument('<id>', 'as `sidetap list` shows it', id)
    .addOption(new Option('--body <side>', 'write only this body, decoded, as it is').choices(['request', 'response']))
    .addOption(snapshot())
    .addOption(json('as one JSON line, bodies included'))
    .addOption(dataDir())
    .action(
      async (pair: number, options: { body?: 'request' | 'response'; snapshot?: string; json?: boolean; dataDir?: string }) => {
        const { show } = await import('./commands/show.ts');
        end(await show(pair, options));
      },
    );
}

function addExport(parent: Command, end: End): void {
  parent
    .command('export')
    .description('write pairs as commands, as code, or as files that other programs read')
    .argument('[id...]', 'which pairs; or use --filter', ids)
    .addOption(
      new Option('--as <format>', 'the format')
        .choices(['curl', 'har', 'postman', 'rrpair', 'rrpair-json', 'sidetap', ...codeFormats])
        .makeOptionMandatory(),
    )
    .addOption(filter())
    .option('-o, --output <file>', 'write to this file instead of stdout; rrpair and rrpair-json write a folder')
    .addOption(snapshot())
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
    .description('send requests again and show what differs')
    .argument('[id...]', 'as `sidetap list` shows them; or use --filter', ids)
    .addOption(filter())
    .option('--to <url>', 'send it there instead: http://host:port or https://host:port')
    .addOption(new Option('--rate <pace>', 'recorded (with the pauses as they were), fast, or so many a second').argParser(pace))
    .addOption(
      new Option('--times <n>', 'send all of them so often').argParser(
        number(1, limits.replayTimes, 'It must be a number above 0.'),
      ),
    )
    .addOption(
      new Option('--concurrency <n>', 'so many at once, at most').argParser(
        number(1, limits.replayConcurrency, `It must be a number from 1 to ${limits.replayConcurrency}.`),
      ),
    )
    .addOption(
      new Option('--max-pause <ms>', 'with --rate recorded: cut longer pauses to this').argParser(
        number(0, Number.MAX_SAFE_INTEGER, 'It must be a number of milliseconds.'),
      ),
    )
    .addOption(json('of one: the new pair and what differs, as one JSON line; of many: how far it is, a line every now and then'))
    .addOption(dataDir())
    .action(async (pairs: number[] | undefined, options: ReplayManyOptions) => {
      const [only, ...more] = pairs ?? [];
      const alone = [options.filter, options.rate, options.times, options.concurrency].every((option) => option === undefined);
      if (only !== undefined && more.length === 0 && alone) {
        const { replay } = await import('./commands/replay.ts');
        return end(await replay(only, options));
      }
      const { replayMany } = await import('./commands/replay-many.ts');
      end(await replayMany(pairs ?? [], options));
    });
}

function addSend(parent: Command, end: End): void {
  parent
    .command('send')
    .description('send a request that you wrote, and record it')
    .requiredOption('--curl <command>', 'the request as a curl command; - reads it from stdin')
    .addOption(new Option('--shell <shell>', 'whose quoting it has (guessed without it)').choices(['bash', 'powershell', 'cmd']))
    .addOption(new Option('--replay-of <id>', 'the pair that it was made from: link the two, and show what differs').argParser(id))
    .option('-k, --insecure', 'accept a certificate that cannot be verified')
    .addOption(json('the new pair as one JSON line'))
    .addOption(dataDir())
    .action(async (options: SendOptions) => {
      const { send } = await import('./commands/send.ts');
      end(await send(options));
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
