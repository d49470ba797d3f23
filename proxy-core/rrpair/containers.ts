import { z } from 'zod';

/** Containers as the window, the command and the API know them. */

/** How the application in a container was made to trust our CA. `image`: it was started by us, with trust in place. */
export const trustMethodSchema = z.enum(['bundle', 'restart', 'twin', 'image']);
export type TrustMethod = z.infer<typeof trustMethodSchema>;

export const containerPortSchema = z.object({
  container: z.number().int(),
  host: z.number().int().nullable().describe('Published on this port of the host; null when it is not'),
  protocol: z.enum(['tcp', 'udp', 'sctp']),
});

export const containerCaptureSchema = z.object({
  state: z
    .enum(['off', 'attaching', 'on', 'waiting', 'detaching', 'failed'])
    .describe('waiting: capture was switched on and resumes when the container runs again'),
  step: z.string().describe('What is being done right now, for the user; empty when nothing is'),
  error: z.string().describe('Why it failed or works only in part, and what to do; empty when all is well'),
  since: z.string().nullable(),
  inPorts: z.array(z.number().int()).describe('Ports on which the application listens and that are captured'),
  outbound: z.boolean().describe('Outbound connections are captured'),
  connections: z.number().int().describe('Open connections'),
  earlier: z
    .number()
    .int()
    .describe(
      'Connections that were open before it was switched on and still are: they go on uncaptured. At most 1,000 are counted',
    ),
  pairsIn: z.number().int(),
  pairsOut: z.number().int(),
  pairsPerSecond: z.number(),
  shed: z.object({ pairs: z.number().int(), bodies: z.number().int() }),
  agentBytes: z.number().int().describe('Resident memory of the agent; 0 when there is none'),
});
export type ContainerCapture = z.infer<typeof containerCaptureSchema>;

export const containerTrustSchema = z.object({
  state: z
    .enum(['unknown', 'trusted', 'partly', 'untrusted'])
    .describe('Whether the application accepts our CA, as far as its connections have shown'),
  refused: z
    .array(z.object({ destination: z.string(), reason: z.string() }))
    .describe('Destinations whose TLS passes undecrypted, at most 50'),
  applied: trustMethodSchema.nullable().describe('What was changed for it; undone when the container is switched off'),
  busy: z.string().describe('What is being changed right now; empty when nothing is'),
  error: z.string().describe('Why the last change failed, and what to do; empty when it did not'),
  serverKey: z.boolean().describe('The key pair for TLS that the application serves itself was given'),
});
export type ContainerTrust = z.infer<typeof containerTrustSchema>;

export const containerSchema = z.object({
  id: z.string(),
  name: z.string(),
  image: z.string(),
  project: z.string().nullable().describe('Compose project'),
  service: z.string().nullable().describe('Compose service'),
  state: z.enum(['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead']),
  health: z.enum(['none', 'starting', 'healthy', 'unhealthy']),
  ports: z.array(containerPortSchema),
  networks: z.array(z.string()),
  sharesNetworkWith: z
    .array(z.string())
    .describe('Other containers in the same network namespace: their traffic is captured along with it'),
  refusal: z.string().describe('Why it cannot be captured, and what to do instead; empty when it can'),
  madeByUs: z.boolean().describe('Started by `start capture --image`'),
  capture: containerCaptureSchema,
  trust: containerTrustSchema,
});
export type Container = z.infer<typeof containerSchema>;

export const dockerStatusSchema = z.object({
  state: z.enum(['connecting', 'ready', 'unavailable']),
  problem: z.string().describe('Why Docker cannot be used, and what to do; empty when it can'),
  endpoint: z.string().describe('Where Docker was found, e.g. unix:///var/run/docker.sock'),
  doing: z
    .string()
    .describe('What is being prepared for a container that is not there yet, such as its image; empty when nothing is'),
  revision: z.number().int().describe('Rises with every change of a container; fetch the list anew'),
  capturing: z.number().int().describe('Containers whose capture is on'),
});
export type DockerStatus = z.infer<typeof dockerStatusSchema>;

export const runImageSchema = z.object({
  image: z.string(),
  ports: z.array(z.string()).default([]).describe('HOST:CONTAINER, as for docker run --publish'),
  env: z.array(z.string()).default([]).describe('NAME=VALUE'),
  volumes: z.array(z.string()).default([]).describe('As for docker run --volume'),
  network: z.string().optional(),
  name: z.string().optional(),
  command: z.array(z.string()).default([]).describe('Instead of the image’s own command'),
});
export type RunImage = z.infer<typeof runImageSchema>;
