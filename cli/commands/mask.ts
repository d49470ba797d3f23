import type { ApiClient } from '../../proxy-core/api/client.ts';
import type { MaskingRule } from '../../proxy-core/rrpair/masking.ts';
import { exitCodes, print, remark } from '../output.ts';
import { withProgress } from '../progress.ts';
import { withPairs } from '../reach.ts';
import { count, printable, styled } from '../text.ts';

interface Common {
  json?: boolean;
  dataDir?: string;
}

export async function listRules(options: Common): Promise<number> {
  return withPairs({ dataDir: options.dataDir, access: 'read' }, async (client) => {
    const masking = await client.redact.rules();
    if (options.json === true) {
      await print(`${JSON.stringify(masking)}\n`);
      return exitCodes.done;
    }
    if (masking.problem !== '') remark(printable(`sidetap: ${masking.problem}`));
    for (const { id, title, names } of masking.builtIn) {
      const off = masking.user.off.includes(id);
      await print(`${styled(off ? 'dim' : 'bold', id)}${off ? ' (off)' : ''}  ${title}\n`);
      if (names.length > 0) await print(`${styled('dim', `  ${names.join(', ')}`)}\n`);
    }
    for (const rule of masking.user.rules) await print(`${styled('bold', printable(rule.id))}  ${printable(textOf(rule))}\n`);
    if (masking.user.keep.length > 0) await print(printable(`Never masked: ${masking.user.keep.join(', ')}`) + '\n');
    remark(`Your own rules stand in ${masking.path}.`);
    return exitCodes.done;
  });
}

function textOf(rule: MaskingRule): string {
  const what = rule.kind === 'pattern' ? rule.pattern : rule.kind === 'json' ? rule.paths.join(', ') : rule.names.join(', ');
  return `${rule.title === '' ? '' : `${rule.title}: `}${rule.kind} ${what}`;
}

export async function switchRule(id: string, on: boolean, options: Common): Promise<number> {
  return change(options, async (client) => {
    const { user } = await client.redact.rules();
    await client.redact.save({ ...user, off: [...user.off.filter((each) => each !== id), ...(on ? [] : [id])] });
    return `The rule ${id} is ${on ? 'on' : 'off'}.`;
  });
}

export async function removeRule(id: string, options: Common): Promise<number> {
  return change(options, async (client) => {
    const { user } = await client.redact.rules();
    const rules = user.rules.filter((rule) => rule.id !== id);
    if (rules.length === user.rules.length)
      return `You have no rule ${id}; those of Sidetap are switched off with \`sidetap mask off\`.`;
    await client.redact.save({ ...user, rules });
    return `The rule ${id} is gone.`;
  });
}

export async function addRule(rule: MaskingRule, options: Common): Promise<number> {
  return change(options, async (client) => {
    const { user } = await client.redact.rules();
    await client.redact.save({ ...user, rules: [...user.rules.filter(({ id }) => id !== rule.id), rule] });
    return `The rule ${rule.id} holds from now on.`;
  });
}

function change(options: Common, make: (client: ApiClient) => Promise<string>): Promise<number> {
  return withPairs({ dataDir: options.dataDir, access: 'read' }, async (client) => {
    remark(printable(`sidetap: ${await make(client)}`));
    return exitCodes.done;
  });
}

export async function previewMasking(
  ids: readonly number[],
  options: Common & { filter?: string; snapshot?: string },
): Promise<number> {
  return withPairs({ dataDir: options.dataDir, access: 'read' }, (client) =>
    withProgress('Looking', 'Cancelled.', async (progress, signal) => {
      await client.pairs.flush();
      const query = { filter: options.filter ?? '', noise: true, sort: { by: 'time' as const, descending: false } };
      const events = await client.redact.preview(
        { snapshot: options.snapshot, ...(ids.length > 0 ? { ids: [...ids] } : { query }) },
        { signal },
      );
      for await (const preview of events) {
        progress.show(preview.done, preview.total);
        if (!preview.finished) continue;
        progress.end();
        if (options.json === true) await print(`${JSON.stringify(preview)}\n`);
        else {
          for (const { rule, title, count: values, pairs, places } of preview.rules) {
            await print(
              `${styled('bold', printable(rule))}  ${printable(title)}: ${count(values, 'value')} in ${count(pairs, 'pair')}\n`,
            );
            for (const { pair, where } of places) await print(styled('dim', `  #${pair} ${printable(where)}`) + '\n');
          }
          remark(
            `sidetap: ${count(preview.pairs, 'pair')} of ${preview.total.toLocaleString('en-US')} with secrets that would be masked.`,
          );
        }
        return exitCodes.done;
      }
      return undefined;
    }),
  );
}
