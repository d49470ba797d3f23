import { Menu as BaseMenu } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import { colours } from '../../proxy-core/rrpair/marks.ts';
import type { Colour } from '../../proxy-core/rrpair/pair.ts';
import { markPairs } from './actions.ts';
import { ColourDot } from './ColourDot.tsx';
import { colourKey, colourWords, noColourKey } from './words.ts';

interface ColourItemsProps {
  ids: readonly number[];
  /** What they have; undefined where they differ. */
  colour: Colour | null | undefined;
}

/** The colours, as items of a menu. */
export function ColourItems({ ids, colour }: ColourItemsProps) {
  const items: readonly (readonly [value: Colour | null, word: string, key: string])[] = [
    ...colours.map((value, index) => [value, colourWords[value], colourKey(index)] as const),
    [null, 'None', noColourKey],
  ];
  return (
    <BaseMenu.RadioGroup value={colour} onValueChange={(value: Colour | null) => void markPairs(ids, { colour: value })}>
      {items.map(([value, word, key]) => (
        <BaseMenu.RadioItem key={word} value={value} closeOnClick className="menu-item">
          <span className="menu-icon">
            <ColourDot colour={value} />
          </span>
          <span className="menu-label">{word}</span>
          {value === colour && <Check size={14} className="colour-check" aria-hidden />}
          <kbd className="key">{key}</kbd>
        </BaseMenu.RadioItem>
      ))}
    </BaseMenu.RadioGroup>
  );
}
