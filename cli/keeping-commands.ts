import { type Command, Option } from 'commander';
import { SidetapError } from '../proxy-core/errors.ts';
import { colours } from '../proxy-core/rrpair/marks.ts';
import type { MaskingRule } from '../proxy-core/rrpair/masking.ts';
import type { MarkOptions } from './commands/mark.ts';
import { dataDir, type End, filter, ids, json, repeatable, snapshot } from './options.ts';

interface Common {
  json?: boolean;
  dataDir?: string;
}

/** What is kept, and what comes in: `mark`, `import`, `snapshot`, `mask`, `proto`, `settings`, `sessions`. */
export function addKeeping(program: Command, end: End): void {
  addMark(program, end);
  addImport(program, end);
  addSnapshot(program, end);
  addMask(program, end);
  addProto(program, end);
  addSettings(program, end);
  addSessions(program, end);
}

function addSessions(program: Command, end: End): void {
  const command = program
    .command('sessions')
    .description('list the runs of Sidetap whose pairs are still stored; `diff` compares two of them')
    .addOption(json('one session a line'))
    .addOption(dataDir())
    .action(async (options: Common) => {
      const { listSessions } = await import('./commands/sessions.ts');
      end(await listSessions(options));
    });
  command
    .command('diff')
    .description('compare the pairs of an earlier session with those of another')
    .argument('<before>', 'number of a session', sessionNumber)
    .argument('[after]', 'number of a session; without it the newest one', sessionNumber)
    .addOption(json('one difference a line, then the counts'))
    .addOption(dataDir())
    .action(async (before: number, after: number | undefined, _options: Common, own: Command) => {
      const { diffSessions } = await import('./commands/sessions.ts');
      // `sessions` has the same options.
      end(await diffSessions(before, after, own.optsWithGlobals<Common>()));
    });
}

function sessionNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new SidetapError('bad-usage', `${text} is no number of a session; "sidetap sessions" lists them.`);
  return Number(text);
}

function addMark(program: Command, end: End): void {
  program
    .command('mark')
    .description('give pairs a colour or a note; both are in the list, can be filtered by, and keep the pairs')
    .argument('<id...>', 'as `sidetap list` shows them', ids)
    .addOption(new Option('--colour <colour>', 'none takes it away').choices([...colours, 'none']))
    .option('--note <text>', 'an empty one takes it away')
    .option('--clear', 'take colour and note away; what is pinned stays so')
    .addOption(json('what each has now, one pair a line'))
    .addOption(dataDir())
    .action(async (pairs: number[], options: MarkOptions) => {
      const { mark } = await import('./commands/mark.ts');
      end(await mark(pairs, options));
    });
}

function addImport(program: Command, end: End): void {
  program
    .command('import')
    .description('read HAR, RRPair and .sidetap files, or folders of them')
    .argument('<path...>', 'files and folders')
    .option('--snapshot <name>', 'into a snapshot of this name instead of among what was captured')
    .addOption(json('what came of it, as one JSON line'))
    .addOption(dataDir())
    .action(async (paths: string[], options: Common & { snapshot?: string }) => {
      const { importFiles } = await import('./commands/import.ts');
      end(await importFiles(paths, options));
    });
}

function addSnapshot(program: Command, end: End): void {
  const command = program.command('snapshot').description('keep pairs as they are now: save, list, rename, delete, diff');
  command
    .command('save')
    .description('save pairs under a name; all, or those named')
    .argument('<name>')
    .argument('[id...]', 'which pairs; or use --filter', ids)
    .addOption(filter())
    .addOption(snapshot())
    .addOption(json('the snapshot as one JSON line'))
    .addOption(dataDir())
    .action(async (name: string, pairs: number[] | undefined, options: Common & { filter?: string; snapshot?: string }) => {
      if ((pairs ?? []).length > 0 && options.filter !== undefined) {
        throw new SidetapError('bad-usage', 'Name the pairs by their ids or by --filter, not both.');
      }
      const { saveSnapshot } = await import('./commands/snapshot.ts');
      end(await saveSnapshot(name, pairs ?? [], options));
    });
  command
    .command('list')
    .description('list snapshots, the newest first')
    .addOption(json('one snapshot a line'))
    .addOption(dataDir())
    .action(async (options: Common) => {
      const { listSnapshots } = await import('./commands/snapshot.ts');
      end(await listSnapshots(options));
    });
  command
    .command('open')
    .description('list the pairs of a snapshot; `list`, `show` and `export` take --snapshot too')
    .argument('<snapshot>', 'id or name')
    .addOption(filter())
    .addOption(json('one pair a line'))
    .addOption(dataDir())
    .action(async (reference: string, options: Common & { filter?: string }) => {
      const { list } = await import('./commands/list.ts');
      end(await list({ ...options, snapshot: reference }));
    });
  command
    .command('rename')
    .description('give a snapshot another name')
    .argument('<snapshot>', 'id or name')
    .argument('<name>')
    .addOption(dataDir())
    .action(async (reference: string, name: string, options: Common) => {
      const { renameSnapshot } = await import('./commands/snapshot.ts');
      end(await renameSnapshot(reference, name, options));
    });
  command
    .command('delete')
    .description('delete a snapshot')
    .argument('<snapshot>', 'id or name')
    .addOption(dataDir())
    .action(async (reference: string, options: Common) => {
      const { removeSnapshot } = await import('./commands/snapshot.ts');
      end(await removeSnapshot(reference, options));
    });
  command
    .command('diff')
    .description('compare two snapshots, or one with what is stored now')
    .argument('<before>', 'id or name')
    .argument('[after]', 'id or name; without it what is stored now')
    .addOption(json('one difference a line, then the counts'))
    .addOption(dataDir())
    .action(async (before: string, after: string | undefined, options: Common) => {
      const { diffSnapshots } = await import('./commands/snapshot.ts');
      end(await diffSnapshots(before, after, options));
    });
}

function addMask(program: Command, end: End): void {
  const command = program
    .command('mask')
    .description('what is masked where pairs leave Sidetap: list, preview, add, remove, on, off');
  command
    .command('list')
    .description('list the rules')
    .addOption(json('as one JSON line'))
    .addOption(dataDir())
    .action(async (options: Common) => {
      const { listRules } = await import('./commands/mask.ts');
      end(await listRules(options));
    });
  command
    .command('preview')
    .description('tell what an export would mask')
    .argument('[id...]', 'which pairs; or use --filter', ids)
    .addOption(filter())
    .addOption(snapshot())
    .addOption(json('as one JSON line'))
    .addOption(dataDir())
    .action(async (pairs: number[] | undefined, options: Common & { filter?: string; snapshot?: string }) => {
      const { previewMasking } = await import('./commands/mask.ts');
      end(await previewMasking(pairs ?? [], options));
    });
  command
    .command('add')
    .description('add a rule, or replace the one of that name')
    .argument('<name>', 'tells it from the others')
    .addOption(repeatable('--header <name>', 'a header field'))
    .addOption(repeatable('--query <name>', 'a parameter of URLs and forms'))
    .addOption(repeatable('--field <name>', 'a name whose value is secret wherever it stands'))
    .addOption(repeatable('--json-path <path>', 'a place in JSON, such as $.user.ssn or $..iban'))
    .addOption(new Option('--pattern <regex>', 'a regular expression; of one with a group only that is masked'))
    .option('--title <text>', 'for people', '')
    .addOption(dataDir())
    .action(async (name: string, options: RuleOptions) => {
      const { addRule } = await import('./commands/mask.ts');
      end(await addRule(ruleOf(name, options), options));
    });
  for (const [verb, what] of [
    ['on', 'switch a rule of Sidetap on again'],
    ['off', 'switch a rule of Sidetap off'],
    ['remove', 'remove a rule of yours'],
  ] as const) {
    command
      .command(verb)
      .description(what)
      .argument('<rule>', 'as `sidetap mask list` shows it')
      .addOption(dataDir())
      .action(async (id: string, options: Common) => {
        const { removeRule, switchRule } = await import('./commands/mask.ts');
        end(verb === 'remove' ? await removeRule(id, options) : await switchRule(id, verb === 'on', options));
      });
  }
}

function addProto(program: Command, end: End): void {
  const command = program
    .command('proto')
    .description('names for the fields of gRPC messages, also of those captured before: add, list, remove');
  command
    .command('add')
    .description('take names from .proto files, folders of them or descriptor sets, or ask a server')
    .argument('[path...]', 'files and folders')
    .option('--reflect <host:port>', 'ask this server, by gRPC server reflection')
    .option('--tls', 'it is asked inside of TLS')
    .option('--name <text>', 'what the files are called, instead of by their paths')
    .addOption(json('what came of it, as one JSON line'))
    .addOption(dataDir())
    .action(async (paths: string[], options: Common & { reflect?: string; tls?: boolean; name?: string }) => {
      const { addProtos } = await import('./commands/proto.ts');
      end(await addProtos(paths, options));
    });
  command
    .command('list')
    .description('list where names came from, the latest first')
    .addOption(json('one source a line'))
    .addOption(dataDir())
    .action(async (options: Common) => {
      const { showProtos } = await import('./commands/proto.ts');
      end(await showProtos(options));
    });
  command
    .command('remove')
    .description('forget the names that came from there')
    .argument('<source>', 'id, or what it is called, as `sidetap proto list` shows it')
    .addOption(dataDir())
    .action(async (source: string, options: Common) => {
      const { removeProtoSource } = await import('./commands/proto.ts');
      end(await removeProtoSource(source, options));
    });
}

interface RuleOptions extends Common {
  header?: string[];
  query?: string[];
  field?: string[];
  jsonPath?: string[];
  pattern?: string;
  title: string;
}

function ruleOf(id: string, { header, query, field, jsonPath, pattern, title }: RuleOptions): MaskingRule {
  const rules: MaskingRule[] = [
    ...(header === undefined ? [] : [{ id, title, kind: 'header' as const, names: header }]),
    ...(query === undefined ? [] : [{ id, title, kind: 'query' as const, names: query }]),
    ...(field === undefined ? [] : [{ id, title, kind: 'name' as const, names: field }]),
    ...(jsonPath === undefined ? [] : [{ id, title, kind: 'json' as const, paths: jsonPath }]),
    ...(pattern === undefined ? [] : [{ id, title, kind: 'pattern' as const, pattern, ignoreCase: false }]),
  ];
  const [rule] = rules;
  if (rule === undefined || rules.length > 1) {
    throw new SidetapError('bad-usage', 'Say what the rule masks: one of --header, --query, --field, --json-path and --pattern.');
  }
  return rule;
}

function addSettings(program: Command, end: End): void {
  const command = program
    .command('settings')
    .description('show settings; `settings set` and `settings reset` change them')
    .argument('[name]', 'such as limits.pairs')
    .addOption(json('as one JSON line'))
    .addOption(dataDir())
    .action(async (name: string | undefined, options: Common) => {
      const { showSettings } = await import('./commands/settings.ts');
      end(await showSettings(name, options));
    });
  command
    .command('set')
    .description('change a setting; lists are written with commas')
    .argument('<name>')
    .argument('<value>')
    .addOption(dataDir())
    .action(async (name: string, value: string, options: Common) => {
      const { changeSetting } = await import('./commands/settings.ts');
      end(await changeSetting(name, value, options));
    });
  command
    .command('reset')
    .description('put the default back')
    .argument('<name>')
    .addOption(dataDir())
    .action(async (name: string, options: Common) => {
      const { changeSetting } = await import('./commands/settings.ts');
      end(await changeSetting(name, null, options));
    });
}
