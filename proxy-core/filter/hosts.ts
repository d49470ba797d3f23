import { asciiLower } from './text.ts';

/** Names of the machine itself: whoever looks for one of them means all. */
const loopback = ['localhost', '127.0.0.1', '[::1]'] as const;

/** What to look for in hosts when a user asks for hosts that contain `text`. */
export function hostSpellings(text: string): string[] {
  const lower = asciiLower(text);
  const bracketed = lower.includes('[::1]') ? lower : lower.replace('::1', '[::1]');
  const name = loopback.find((each) => bracketed.includes(each));
  if (name === undefined) return [text];
  return [...new Set([text, ...loopback.map((each) => bracketed.replace(name, each))])];
}

/** Whether a host that was typed names a port. */
export function namesPort(text: string): boolean {
  const end = text.lastIndexOf(']');
  const rest = end < 0 ? text : text.slice(end + 1);
  return /^[^:]*:\d+$/.test(rest);
}

/** An IPv6 address is listed in brackets, and may be typed without. */
export function bracketed(text: string): string {
  return /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text) ? `[${text}]` : text;
}
