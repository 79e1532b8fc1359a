import { cn } from '@/components/ui/cn';
import type { PlacedTerm, QueryProblem } from '@/lib/query/query';

interface QueryMarksProps {
  text: string;
  terms: readonly PlacedTerm[];
  problems: readonly QueryProblem[];
  /** how far the input is scrolled, in pixels */
  scrolled: number;
}

interface Piece {
  text: string;
  at: number;
  look: 'plain' | 'term' | 'problem';
}

/** Splits a text into marked and unmarked pieces. A problem within a term wins. */
function piecesOf({ text, terms, problems }: Omit<QueryMarksProps, 'scrolled'>): Piece[] {
  const looks = new Array<Piece['look']>(text.length).fill('plain');
  for (const { term, at, length } of terms) if (term.field !== 'text') looks.fill('term', at, at + length);
  for (const { at, length } of problems) looks.fill('problem', at, at + Math.max(1, length));
  const pieces: Piece[] = [];
  looks.forEach((look, at) => {
    const last = pieces.at(-1);
    if (last?.look === look) last.text += text.charAt(at);
    else pieces.push({ text: text.charAt(at), at, look });
  });
  return pieces;
}

/** What lies behind the text of a query: qualifiers look like chips, and problems are underlined. */
export function QueryMarks({ scrolled, ...props }: QueryMarksProps) {
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute inset-x-px top-px h-7.5 overflow-hidden rounded-md bg-surface px-8"
    >
      <div
        className="whitespace-pre font-mono text-transparent text-xs max-sm:text-lg"
        // As high as the input, whatever the size of the text.
        style={{ lineHeight: '1.875rem', transform: `translateX(${-scrolled}px)` }}
      >
        {piecesOf(props).map(({ text, at, look }) => (
          <span
            key={at}
            className={cn(
              look === 'term' && 'rounded-sm bg-selected py-0.5',
              look === 'problem' &&
                'underline decoration-2 decoration-status-failed decoration-wavy underline-offset-2',
            )}
          >
            {text}
          </span>
        ))}
      </div>
    </div>
  );
}
