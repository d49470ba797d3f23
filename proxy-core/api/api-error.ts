import { ORPCError } from '@orpc/client';
import type { ErrorCode } from '../errors.ts';
import { assertNever, SidetapError } from '../errors.ts';

/** The HTTP status in which an error leaves the API. */
function statusOf(code: ErrorCode): number {
  switch (code) {
    case 'bad-usage':
    case 'filter-invalid':
    case 'import-failed':
    case 'masking-invalid':
    case 'settings-invalid':
    case 'protos-invalid':
      return 400;
    case 'unauthorized':
      return 401;
    case 'pair-not-found':
    case 'message-not-found':
    case 'command-not-found':
    case 'launched-not-found':
    case 'container-not-found':
    case 'image-not-found':
    case 'snapshot-not-found':
    case 'protos-not-found':
      return 404;
    case 'port-in-use':
    case 'port-forbidden':
    case 'address-not-local':
    case 'proxy-loop':
    case 'already-capturing':
    case 'not-capturing':
    case 'data-dir-in-use':
    case 'pair-not-replayable':
    case 'container-not-capturable':
    case 'container-busy':
      return 409;
    case 'upstream-unreachable':
    case 'link-broken':
      return 502;
    case 'engine-not-running':
    case 'docker-unavailable':
      return 503;
    case 'data-dir-unusable':
    case 'store-unusable':
    case 'certificate-unusable':
    case 'agent-image-failed':
    case 'agent-failed':
    case 'container-change-failed':
    case 'export-failed':
    case 'launch-failed':
    case 'internal':
      return 500;
    default:
      return assertNever(code);
  }
}

interface Issue {
  message?: string;
  path?: readonly (PropertyKey | { key: PropertyKey })[];
}

/** `status: expected number` for the first thing that is wrong with an input. */
function issueSentence(data: unknown): string {
  const issues = typeof data === 'object' && data !== null && 'issues' in data && Array.isArray(data.issues) ? data.issues : [];
  const issue = issues[0] as Issue | undefined;
  if (issue === undefined) return 'The request could not be read.';
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
  return `The request is not valid${path === '' ? '' : ` at ${path}`}: ${issue.message ?? 'unexpected value'}.`;
}

/**
 * What a client is told of anything thrown while it was served: a `SidetapError` with its own code and sentence, a wrong input as
 * `bad-usage`, and everything else, which is a defect, as `internal` (after `report` was called with it).
 */
export function toApiError(error: unknown, report: (error: unknown) => void): ORPCError<string, unknown> {
  if (error instanceof SidetapError) {
    return new ORPCError(error.code, { status: statusOf(error.code), message: error.message, data: error.details, cause: error });
  }
  if (error instanceof ORPCError) {
    if (error.code === 'BAD_REQUEST') {
      return new ORPCError('bad-usage', { status: 400, message: issueSentence(error.data), cause: error });
    }
    if (error.code !== 'INTERNAL_SERVER_ERROR') return error;
  }
  report(error);
  return new ORPCError('internal', {
    status: 500,
    message: 'Something went wrong inside Sidetap; its log says more.',
    cause: error,
  });
}
