import { SidetapError } from '../../proxy-core/errors.ts';
import { type Settings, settingsSchema } from '../../proxy-core/rrpair/settings.ts';
import { exitCodes, print, remark } from '../output.ts';
import { withPairs } from '../reach.ts';
import { printable, styled } from '../text.ts';

interface Common {
  json?: boolean;
  dataDir?: string;
}

/** Settings by their full name, `limits.pairs`. */
function flat(value: object, before = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([name, member]): [string, unknown][] =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? flat(member as object, `${before}${name}.`)
      : [[before + name, member]],
  );
}

export async function showSettings(name: string | undefined, options: Common): Promise<number> {
  return withPairs({ dataDir: options.dataDir, access: 'read' }, async (client) => {
    const { settings, defaults, path, problem } = await client.settings.get();
    if (problem !== '') remark(printable(`sidetap: ${problem}`));
    if (options.json === true) {
      await print(`${JSON.stringify(settings)}\n`);
      return exitCodes.done;
    }
    const standard = new Map(flat(defaults));
    const all = flat(settings).filter(([each]) => name === undefined || each === name || each.startsWith(`${name}.`));
    if (all.length === 0) throw unknown(name ?? '');
    for (const [each, value] of all) {
      const text = JSON.stringify(value);
      const changed = text !== JSON.stringify(standard.get(each));
      await print(`${each} = ${changed ? styled('bold', printable(text)) : printable(text)}\n`);
    }
    if (name === undefined) remark(`They stand in ${path}.`);
    return exitCodes.done;
  });
}

/** `text` is JSON, or a word; null puts the default back. */
export async function changeSetting(name: string, text: string | null, options: Common): Promise<number> {
  return withPairs({ dataDir: options.dataDir, access: 'read' }, async (client) => {
    const { settings, defaults } = await client.settings.get();
    const standard = new Map<string, unknown>(flat(defaults));
    if (!standard.has(name)) throw unknown(name);
    const value = text === null ? standard.get(name) : valueOf(text, standard.get(name));
    const changed = settingsSchema.safeParse(changedAt(settings, name.split('.'), value));
    if (!changed.success) {
      throw new SidetapError(
        'settings-invalid',
        `${name} cannot be ${text ?? 'reset'}: ${changed.error.issues[0]?.message ?? 'it does not fit'}.`,
      );
    }
    await client.settings.save(changed.data);
    remark(printable(`sidetap: ${name} = ${JSON.stringify(value)}`));
    return exitCodes.done;
  });
}

function unknown(name: string): SidetapError {
  return new SidetapError('bad-usage', `There is no setting ${name}. \`sidetap settings\` shows those there are.`);
}

function valueOf(text: string, standard: unknown): unknown {
  if (Array.isArray(standard)) return text === '' ? [] : text.split(',').map((part) => part.trim());
  if (typeof standard === 'string') return text;
  if (typeof standard === 'boolean')
    return /^(?:on|true|yes)$/i.test(text) ? true : /^(?:off|false|no)$/i.test(text) ? false : text;
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

function changedAt(settings: Settings, [first = '', ...rest]: readonly string[], value: unknown): object {
  const owner = settings as unknown as Record<string, unknown>;
  return { ...settings, [first]: rest.length === 0 ? value : changedAt(owner[first] as Settings, rest, value) };
}
