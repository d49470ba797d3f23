import { z } from 'zod';

/** Which secrets are masked where pairs leave Sidetap: the rules that come with it, and those of the user. */

const idSchema = z.string().min(1).max(60).describe('Tells it from the others; shown with what it masked');
const titleSchema = z.string().max(200).default('').describe('For people');
const namesSchema = z.array(z.string().min(1).max(200)).min(1).max(500);
const ruleBase = { id: idSchema, title: titleSchema };

export const maskingRuleSchema = z.discriminatedUnion('kind', [
  z.object({ ...ruleBase, kind: z.literal('header'), names: namesSchema.describe('Header fields, whatever the case') }),
  z.object({ ...ruleBase, kind: z.literal('query'), names: namesSchema.describe('Parameters of URLs and of forms') }),
  z.object({
    ...ruleBase,
    kind: z.literal('name'),
    names: namesSchema.describe('Names whose value is a secret wherever they stand: header, query, cookie, form, JSON, SQL column'),
  }),
  z.object({
    ...ruleBase,
    kind: z.literal('ending'),
    names: namesSchema.describe('Ends of such names, without separators: `apikey` means `X-Api-Key`, `my_api_key`'),
  }),
  z.object({
    ...ruleBase,
    kind: z.literal('json'),
    paths: namesSchema.describe('`$.user.ssn`, `$.cards[*].number`, `$..iban`: what is there and below it'),
  }),
  z.object({
    ...ruleBase,
    kind: z.literal('pattern'),
    pattern: z.string().min(1).max(500).describe('A regular expression; of one with a group only that is masked'),
    ignoreCase: z.boolean().default(false),
  }),
]);
export type MaskingRule = z.infer<typeof maskingRuleSchema>;

export const maskingRulesSchema = z.object({
  off: z.array(idSchema).max(100).default([]).describe('Rules of Sidetap that are switched off, by id'),
  keep: z.array(z.string().min(1).max(200)).max(500).default([]).describe('Names that are no secrets, such as `page_token`'),
  rules: z.array(maskingRuleSchema).max(200).default([]).describe('Of the user'),
});
export type MaskingRules = z.infer<typeof maskingRulesSchema>;

export const noUserRules: MaskingRules = { off: [], keep: [], rules: [] };

/** A rule that comes with Sidetap. `url-user` and `tokens` are found by their form, so there is nothing to list. */
export const builtInRuleSchema = z.object({
  id: z.string(),
  title: z.string(),
  kind: z.enum(['header', 'query', 'name', 'ending', 'url-user', 'tokens']),
  names: z.array(z.string()),
});
export type BuiltInRule = z.infer<typeof builtInRuleSchema>;

export const maskingSchema = z.object({
  builtIn: z.array(builtInRuleSchema),
  user: maskingRulesSchema,
  path: z.string().describe('The file of the user’s rules'),
  problem: z.string().describe('Why that file could not be read, as a sentence; empty when all is well'),
});
export type Masking = z.infer<typeof maskingSchema>;

export const findingSchema = z.object({
  rule: z.string().describe('Id of the rule'),
  where: z.string().describe('`header authorization`, `query parameter token`, `body password`'),
  count: z.number().int(),
});
/** What a rule masked at one kind of place. */
export type Finding = z.infer<typeof findingSchema>;

export const maskingPreviewSchema = z.object({
  done: z.number().int(),
  total: z.number().int(),
  finished: z.boolean(),
  pairs: z.number().int().describe('Pairs with something to mask'),
  rules: z.array(
    z.object({
      rule: z.string(),
      title: z.string(),
      count: z.number().int().describe('Values that it masks'),
      pairs: z.number().int(),
      places: z.array(z.object({ pair: z.number().int(), where: z.string() })).describe('The first few'),
    }),
  ),
});
export type MaskingPreview = z.infer<typeof maskingPreviewSchema>;
