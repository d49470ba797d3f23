import { z } from 'zod';

/** Who calls whom, drawn from captured pairs. */

export const mapNodeKindSchema = z.enum(['clients', 'service', 'database', 'cache', 'queue', 'host']);
/** `clients`: whoever calls a captured application. `service`: one that is captured. `host`: any other that it calls. */
export type MapNodeKind = z.infer<typeof mapNodeKindSchema>;

export const mapNodeSchema = z.object({
  id: z.string().describe('Tells it from the others of one map'),
  kind: mapNodeKindSchema,
  name: z.string().describe('A source, a host as the application names it, or whoever calls; empty for callers without a name'),
  technologies: z
    .array(z.string())
    .describe('What it was seen to be made of, the most frequent first; formats and encodings left out'),
  pairs: z.number().int().describe('Calls that it received; of clients: that they made'),
});
export type MapNode = z.infer<typeof mapNodeSchema>;

export const mapEdgeSchema = z.object({
  from: z.string().describe('Id of a node'),
  to: z.string(),
  pairs: z.number().int(),
  errors: z.number().int().describe('Failed: an error, or a status from 400 on'),
  p50Ms: z.number().nullable().describe('Median of the latency'),
  p95Ms: z.number().nullable(),
  tls: z.enum(['all', 'some', 'none']).describe('How many of its calls went through TLS'),
  technologies: z.array(z.string()).describe('Primary technologies of its calls, the most frequent first'),
  finds: z
    .object({ source: z.string(), direction: z.enum(['in', 'out']), host: z.string().nullable(), protocol: z.string().nullable() })
    .describe('What the pairs of it have in common, for a filter; null: anything'),
});
export type MapEdge = z.infer<typeof mapEdgeSchema>;

export const serviceMapSchema = z.object({
  nodes: z.array(mapNodeSchema),
  edges: z.array(mapEdgeSchema),
  counted: z.number().int().describe('Pairs that were looked at: the newest'),
  total: z.number().int().describe('Pairs that the query finds'),
  left: z.number().int().describe('Pairs that have no place on the map because it has too many nodes'),
  complete: z.boolean().describe('False while the search goes on'),
});
export type ServiceMap = z.infer<typeof serviceMapSchema>;
