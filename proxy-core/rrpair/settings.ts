import { z } from 'zod';

/** What a user may set. Every member has a default, so that a file holds only what was changed. */

const port = z.number().int().min(0).max(65_535);
const KiB = 1024;

export const settingsSchema = z.object({
  ports: z
    .object({
      in: port.default(4143).describe('Where calls to the application are received; 0 takes a free port'),
      out: port.default(4140).describe('Where calls of the application are received: HTTP proxy and SOCKS; 0 takes a free port'),
      bind: z.string().min(1).max(255).default('127.0.0.1').describe('Address to listen on'),
    })
    .prefault({}),
  limits: z
    .object({
      bodyBytes: z
        .number()
        .int()
        .min(0)
        .max(256 * KiB * KiB)
        .default(10 * KiB * KiB)
        .describe('Bytes kept of each body; the rest is counted'),
      pairs: z.number().int().min(1_000).max(20_000_000).default(1_000_000).describe('Pairs that are kept; the oldest go first'),
      bytes: z
        .number()
        .int()
        .min(64 * KiB * KiB)
        .max(1024 * KiB * KiB * KiB)
        .default(4 * KiB * KiB * KiB)
        .describe('Bytes that they may take on disk'),
    })
    .prefault({}),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  noise: z
    .object({
      hidden: z.boolean().default(true).describe('Noise is hidden until it is asked for'),
      paths: z
        .array(z.string().min(1).max(500))
        .max(200)
        .default([])
        .describe('Paths that are noise too; `*` stands for anything: `/internal/*`'),
      agents: z
        .array(z.string().min(1).max(200))
        .max(200)
        .default([])
        .describe('Beginnings of user agents whose requests are noise'),
      off: z.boolean().default(false).describe('What Sidetap itself takes for noise is not'),
    })
    .prefault({}),
  notifications: z
    .object({
      on: z
        .boolean()
        .default(true)
        .describe('The desktop app tells of traffic that is not recorded, a full disk, and a certificate about to expire'),
    })
    .prefault({}),
  tour: z.object({ done: z.boolean().default(false).describe('The tour of the window was finished or skipped') }).prefault({}),
  masking: z
    .object({ on: z.boolean().default(true).describe('Secrets are masked where pairs leave Sidetap, unless they are revealed') })
    .prefault({}),
});
export type Settings = z.infer<typeof settingsSchema>;
export type NoiseSettings = Settings['noise'];

export const defaultSettings: Settings = settingsSchema.parse({});

export const settingsViewSchema = z.object({
  settings: settingsSchema,
  defaults: settingsSchema,
  path: z.string(),
  problem: z.string().describe('Why the file could not be used, as a sentence; empty when all is well'),
});
export type SettingsView = z.infer<typeof settingsViewSchema>;
