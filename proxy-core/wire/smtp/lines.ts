/** Lines of SMTP (RFC 5321, 4.1 and 4.2). */

/** A line of a reply: its code, and whether it is the last. Null when it is none. */
export interface ReplyLine {
  code: number;
  isLast: boolean;
  text: string;
}

export function replyLineOf(text: string): ReplyLine | null {
  const match = /^([2-5]\d\d)(?:([ -])(.*))?$/.exec(text);
  if (match === null) return null;
  return { code: Number(match[1]), isLast: match[2] !== '-', text: match[3] ?? '' };
}

export interface CommandLine {
  /** In capitals. */
  verb: string;
  rest: string;
}

export function commandLineOf(text: string): CommandLine {
  const verb = /^[A-Za-z]*/.exec(text)?.[0] ?? '';
  return { verb: verb.toUpperCase(), rest: text.slice(verb.length).trim() };
}

/** The address in `FROM:<ada@example.com> SIZE=5`; `<>` is nobody's, as of bounces. */
export function addressOf(rest: string): string {
  const match = /^(?:FROM|TO):\s*(?:<([^>]*)>|(\S+))/i.exec(rest);
  return match?.[1] ?? match?.[2] ?? '';
}

/** `OK`, or `ERR:550`. */
export function statusOf(code: number): string {
  return code >= 400 ? `ERR:${String(code)}` : 'OK';
}

const servers =
  /\b(Postfix|Exim|Sendmail|OpenSMTPD|Haraka|MailHog|Mailpit|aiosmtpd|Python SMTP|Microsoft ESMTP MAIL Service|qmail|GreenMail)\b[ /]*(\d[\w.]*)?/i;

/** The server's software with its version, where its greeting tells. */
export function softwareOf(greeting: string): string {
  const match = servers.exec(greeting);
  return match === null ? '' : [match[1], match[2]].filter((part) => part !== undefined).join(' ');
}

/** The user in the answer to `AUTH PLAIN`: a zero before it and behind it. */
export function plainUser(rest: string): string {
  const [mechanism = '', answer = ''] = rest.split(/\s+/);
  if (mechanism.toUpperCase() !== 'PLAIN') return '';
  const user = Buffer.from(answer, 'base64').toString('utf8').split('\0')[1] ?? '';
  return /^[!-~]{1,200}$/.test(user) ? user : '';
}
