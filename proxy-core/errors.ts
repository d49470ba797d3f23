/** Stable codes of errors that reach a user. */
export const errorCodes = [
  'bad-usage',
  'port-in-use',
  'port-forbidden',
  'address-not-local',
  'proxy-loop',
  'already-capturing',
  'not-capturing',
  'engine-not-running',
  'data-dir-in-use',
  'data-dir-unusable',
  'store-unusable',
  'pair-not-found',
  'message-not-found',
  'pair-not-replayable',
  'filter-invalid',
  'upstream-unreachable',
  'command-not-found',
  'launch-failed',
  'launched-not-found',
  'certificate-unusable',
  'docker-unavailable',
  'container-not-found',
  'container-not-capturable',
  'container-busy',
  'agent-image-failed',
  'agent-failed',
  'link-broken',
  'container-change-failed',
  'image-not-found',
  'snapshot-not-found',
  'export-failed',
  'import-failed',
  'masking-invalid',
  'settings-invalid',
  'protos-invalid',
  'protos-not-found',
  'unauthorized',
  'internal',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/**
 * An error with a stable code and one plain sentence that tells the user what to do. Everything else that is thrown is a defect
 * and is shown as `internal`.
 */
export class SidetapError extends Error {
  override readonly name = 'SidetapError';

  readonly code: ErrorCode;
  /** Facts for programs, such as `column` of a filter error. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: Readonly<Record<string, unknown>> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** For the `default` of a switch over a closed union: does not compile while a case is missing. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
