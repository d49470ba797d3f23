import { parser as cssParser } from '@lezer/css';
import { parser as javascriptParser } from '@lezer/javascript';
import { assertNever } from '../../../../proxy-core/errors.ts';
import { prettyCode } from './prettyCode.ts';
import { prettyMarkup } from './prettyMarkup.ts';
import type { Language } from './work.ts';

/** Puts a source into lines that can be read. Only white space is changed; what cannot be parsed stays as it is sent. */
export function prettySource(text: string, language: Language): string {
  switch (language) {
    case 'css':
      return prettyCode(text, cssParser, 'css');
    case 'javascript':
      return prettyCode(text, javascriptParser, 'javascript');
    case 'html':
    case 'xml':
      return prettyMarkup(text, language, (source, kind) =>
        prettyCode(source, kind === 'css' ? cssParser : javascriptParser, kind),
      );
    default:
      return assertNever(language);
  }
}
