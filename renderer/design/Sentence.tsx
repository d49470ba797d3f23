import { createElement, Fragment } from 'react';
import { visible } from './visible.ts';

/** A sentence of the engine: what stands between backticks is something to type. Backticks that do not come in pairs stay as they are. */
export function Sentence({ text }: { text: string }) {
  const parts = visible(text).split(/`([^`]+)`/);
  // As arguments, because the parts have nothing to be told apart by but their place.
  return createElement(Fragment, null, ...parts.map((part, at) => (at % 2 === 1 ? createElement('code', null, part) : part)));
}
