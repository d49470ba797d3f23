/**
 * The location of an HTTP pair is the request's target, and behind a space what is called inside of it (`/graphql query GetUser`): targets have no spaces (RFC 9112 3.2).
 */
export function targetOf(location: string): string {
  const space = location.indexOf(' ');
  return space < 0 ? location : location.slice(0, space);
}

/** Whether a pair failed, as SQL over its row: 0 or 1. An error of a protocol is `ERR`, behind a status code or by itself. */
export const failedSql = "(error IS NOT NULL OR coalesce(status_code, 0) >= 400 OR status LIKE 'ERR%' OR status LIKE '___ ERR%')";

/** The same of a pair. */
export function hasFailed({
  error,
  status,
  statusCode,
}: {
  error: string | null;
  status: string;
  statusCode: number | null;
}): boolean {
  return error !== null || (statusCode ?? 0) >= 400 || /^(?:\d{3} )?ERR/i.test(status);
}
