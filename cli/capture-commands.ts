import { Argument, type Command, Option } from 'commander';
import { type LaunchKind, launchKinds } from '../proxy-core/rrpair/launch-kinds.ts';
import type { OpenOptions } from './commands/open.ts';
import type { StartCaptureOptions } from './commands/start-capture.ts';
import type { StopCaptureOptions } from './commands/stop-capture.ts';
import type { TrustOptions } from './commands/trust.ts';
import { dataDir, type End, json, port, repeatable } from './options.ts';

/** The commands that switch capture on and off, as the command line has them. */

const trustMethods = ['bundle', 'restart', 'twin'] as const;

const trustHelp = `
Ways to make the application in a container trust the CA, each undone when its capture ends:
  bundle   the CA goes into the system's bundles inside the running container; for what reads them per connection (curl, git, Ruby, .NET)
  restart  the same, and the container restarts
  twin     a copy of the container with the trust variables takes its place; the original is stopped and comes back`;

export function addStartCapture(parent: Command, end: End): void {
  parent
    .command('capture')
    .description('capture an application, containers, or an image until Ctrl-C or `sidetap stop capture`')
    .argument('[command...]', 'start this command under capture, and end when it ends; put -- before it')
    .option('--port <app>', 'the application: PORT, HOST:PORT, http://… or https://…; without it only outbound traffic is captured')
    .addOption(new Option('--in-port <port>', 'call the application here (default: 4143)').argParser(port))
    .addOption(new Option('--out-port <port>', 'HTTP and SOCKS proxy for what it calls (default: 4140)').argParser(port))
    .option('--bind <address>', 'listen on this address instead of 127.0.0.1')
    .option('--insecure-upstream', 'accept upstream certificates that cannot be verified')
    .option('--extra-ca <file>', 'PEM file with CAs to trust for upstream connections, beside the usual ones')
    .addOption(repeatable('--container <name>', 'a running container, by name, id or compose service; may be repeated'))
    .addOption(repeatable('--project <name>', 'all containers of a compose project; may be repeated'))
    .addOption(new Option('--trust <how>', 'make the application in the container trust the CA').choices(trustMethods))
    .option('--image <image>', 'start this image under capture; COMMAND is then run in it')
    .addOption(repeatable('--port-mapping <host:container>', 'with --image: publish a port, as docker run -p'))
    .addOption(repeatable('--env <name=value>', 'with --image: set a variable, as docker run -e'))
    .addOption(repeatable('--volume <source:target>', 'with --image: mount, as docker run -v'))
    .option('--network <name>', 'with --image: join this network')
    .option('--name <name>', 'with --image: name of the container')
    .option('--open', 'open the window in a browser as well')
    .addOption(new Option('--no-open', 'do not open it (default)'))
    .addOption(json('print one JSON line when ready; the output of COMMAND then goes to stderr'))
    .addOption(dataDir())
    .addHelpText('after', trustHelp)
    .passThroughOptions()
    .action(async (command: string[], options: Record<string, unknown>) => {
      const { startCapture } = await import('./commands/start-capture.ts');
      const given = { ...options, app: options['port'], open: options['open'] === true, command };
      end(await startCapture(given as StartCaptureOptions));
    });
}

export function addStopCapture(parent: Command, end: End): void {
  parent
    .command('capture')
    .description('stop the capture that runs on this data directory, and undo what was changed for it')
    .addOption(repeatable('--container <name>', 'only of this container, by name, id or compose service; may be repeated'))
    .option('--remove-image', 'remove the agent’s image as well, the only thing that stays at Docker otherwise')
    .addOption(json('print one JSON line when it is off'))
    .addOption(dataDir())
    .action(async (options: StopCaptureOptions) => {
      const { stopCapture } = await import('./commands/stop-capture.ts');
      end(await stopCapture(options));
    });
}

export function addOpen(program: Command, end: End): void {
  program
    .command('open')
    .description('open a terminal or a browser under capture, which is closed with it')
    .addArgument(new Argument('<what>', 'what to open').choices(launchKinds))
    .argument('[url]', 'what a browser shows first (default: the captured application)')
    .addOption(json('print one JSON line when it is open'))
    .addOption(dataDir())
    .addHelpText(
      'after',
      `
A terminal has the variables set that send what you start in it through the capture; TERMINAL names another than the first that is found.
A browser has a profile of its own, which is removed afterwards: nothing of yours is in it, and nothing of it stays.
Where Sidetap runs already, it stays open with that capture; else this command captures until you close it, or Ctrl-C.`,
    )
    .action(async (what: LaunchKind, url: string | undefined, options: OpenOptions) => {
      const { open } = await import('./commands/open.ts');
      end(await open(what, url, options));
    });
}

export function addContainers(program: Command, end: End): void {
  program
    .command('containers')
    .description('list containers: which can be captured, which are, and whether they trust the CA')
    .addOption(json('one container a line'))
    .addOption(dataDir())
    .action(async (options: { json?: boolean; dataDir?: string }) => {
      const { containers } = await import('./commands/containers.ts');
      end(await containers(options));
    });
}

export function addTrust(program: Command, end: End): void {
  program
    .command('trust')
    .description('make the application in a captured container trust the CA')
    .argument('<container>', 'name or id')
    .addOption(new Option('--how <how>', 'the way').choices(trustMethods))
    .option('--undo', 'take it back; capture stays on')
    .addOption(json('the container, as one JSON line'))
    .addOption(dataDir())
    .addHelpText('after', trustHelp)
    .action(async (container: string, options: TrustOptions) => {
      const { trust } = await import('./commands/trust.ts');
      end(await trust(container, options));
    });
}
