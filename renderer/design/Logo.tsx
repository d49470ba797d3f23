/** The mark of the product: two wires, and what is tapped from them. */
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden className="logo">
      <rect width="32" height="32" rx="8" />
      <path d="M6 11h20M6 19.5h7.5m7 0H26" />
      <path d="M17 11v13m0 0-3.6-3.6M17 24l3.6-3.6" />
    </svg>
  );
}
