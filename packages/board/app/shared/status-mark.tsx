const SHAPES: Readonly<Record<string, string>> = {
  queued: 'M6 2v.01M10 6h.01M6 10v.01M2 6h.01',
  initiated: 'M2 6a4 4 0 1 0 8 0a4 4 0 1 0-8 0',
  ringing: 'M2 6a4 4 0 1 0 8 0a4 4 0 1 0-8 0M6 6v.01',
  'in-progress': 'M3.5 2.5L9 6L3.5 9.5z',
  completed: 'M2 6.5L5 9.5L10 3',
  busy: 'M2.5 2.5h7v7h-7z',
  'no-answer': 'M2 6h8',
  failed: 'M2.5 2.5l7 7M9.5 2.5l-7 7',
  canceled: 'M2 6a4 4 0 1 0 8 0a4 4 0 1 0-8 0M3.2 8.8l5.6-5.6',
  dead: 'M6 1.5L11 10.5H1zM6 5v2',
  unknown: 'M4 4.5a2 2 0 1 1 2.6 2L6 7M6 9.5v.01',
};

interface Props {
  /** Of a call or an event, or `dead`. */
  readonly status: string;
  /** The word, if it is another than the status. */
  readonly children?: string;
}

/** A status: shape, word and color. */
export function StatusMark({ status, children = status }: Props) {
  return (
    <span class={`mark ${status}`}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <path d={SHAPES[status] ?? SHAPES['unknown']} />
      </svg>
      {children}
    </span>
  );
}
