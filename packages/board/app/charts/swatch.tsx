/** What the marks of a series look like, for its legend. */
export function Swatch({ tone, isLine }: { readonly tone: string; readonly isLine: boolean }) {
  return (
    <svg class={`swatch ${tone}`} width="12" height="12" aria-hidden="true">
      {isLine ? <path class="line" d="M0 6h12" /> : <rect class="area" width="12" height="12" fill={fillOf(tone)} />}
    </svg>
  );
}

const PATTERNS: Readonly<Record<string, string>> = {
  'no-answer': 'M-1 1l2-2M0 6l6-6M5 7l2-2',
  busy: 'M1.5 1.5h.01M4.5 4.5h.01',
  canceled: 'M0 3h6',
  failed: 'M0 0l6 6M0 6l6-6',
};

/** The patterns of the outcomes, once on a page: what tells them apart without color. */
export function Patterns() {
  return (
    <svg class="patterns" width="0" height="0" aria-hidden="true">
      {Object.entries(PATTERNS).map(([name, d]) => (
        <pattern
          key={name}
          id={`fill-${name}`}
          class={`tone-${name}`}
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
        >
          <rect class="area" width="6" height="6" />
          <path class="grain" d={d} />
        </pattern>
      ))}
    </svg>
  );
}

/** The fill of a bar, if a pattern belongs to its tone. */
export function fillOf(tone: string): string | undefined {
  const name = tone.replace('tone-', '');
  return name in PATTERNS ? `url(#fill-${name})` : undefined;
}
