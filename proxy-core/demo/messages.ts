/** What the engine and the demo's thread say to each other. */

/** First message to the thread: how its services prove who they are. */
export interface DemoCertificate {
  kind: 'serve';
  /** Name that the payments service answers for. */
  paymentsName: string;
  certPem: string;
  keyPem: string;
}

/** Where the capture listens; traffic begins. */
export interface DemoListeners {
  kind: 'drive';
  inbound: { host: string; port: number };
  outbound: { host: string; port: number };
  /** CA that signs what Sidetap shows to the shop, PEM. */
  caPem: string;
}

/** The database and the cache, which will listen soon. */
export interface DemoBackends {
  kind: 'backends';
  services: readonly { kind: 'redis' | 'postgres'; port: number }[];
}

export type ToDemo = DemoCertificate | DemoListeners | DemoBackends;

export interface FromDemo {
  kind: 'listening';
  shopPort: number;
}
