import { type Drawing, technologyDrawing } from './technology.ts';

const files = import.meta.glob<string>('../../assets/technologies/*.svg', { query: '?raw', import: 'default', eager: true });

/** The one line of each drawing. */
const lines = new Map(
  Object.entries(files).map(([file, text]) => [/([^/]+)\.svg$/.exec(file)?.[1], / d="([^"]+)"/.exec(text)?.[1]]),
);

/** What kind of technology it is, beside its name; nothing where that is not known. */
export function TechnologyIcon({ name }: { name: string }) {
  const drawing: Drawing | null = technologyDrawing(name);
  if (drawing === null) return null;
  return (
    <svg className="technology-icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={lines.get(drawing)} />
    </svg>
  );
}
