import { type JsonLines, jsonLines } from './jsonLines.ts';
import { type TextLines, textLines } from './textLines.ts';

/** Lays out long texts beside the window's thread, so that it never stands still. */

export interface LayoutRequest {
  text: string;
  json: boolean;
}

export interface LayoutResult {
  /** Null when it was not asked for, or the text is not JSON. */
  json: JsonLines | null;
  text: TextLines;
}

export function layout({ text, json }: LayoutRequest): LayoutResult {
  return { json: json ? jsonLines(text) : null, text: textLines(text) };
}
