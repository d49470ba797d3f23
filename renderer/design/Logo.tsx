/** The mark of the product, as in `assets/icon.svg`: a line that runs through, and a tap on it. */
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden className="logo">
      <rect width="32" height="32" rx="8" />
      <path d="M5.5 12h21" />
      <path className="logo-tap" d="M11.5 12v3q0 6.5 6.5 6.5h3" />
      <circle className="logo-tap" cx="22.75" cy="21.5" r="3.75" />
      <circle cx="11.5" cy="12" r="3" />
    </svg>
  );
}
