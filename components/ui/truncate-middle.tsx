import { cn } from './cn';
import { splitTail } from './split-tail';

interface TruncateMiddleProps {
  text: string;
  /** characters at the end that are always visible */
  tail?: number;
  /** shorter texts are not split */
  least?: number;
  className?: string;
}

/**
 * Truncates a long text in the middle, so that both ends are visible. The title and the clipboard get the whole text. A
 * link around it needs the text as `aria-label`, because screen readers read two pieces as two words.
 */
export function TruncateMiddle({ text, tail = 8, least = tail * 2, className }: TruncateMiddleProps) {
  const [start, end] = text.length > least ? splitTail(text, tail) : [text, ''];
  return (
    <span className={cn('flex min-w-0', className)} title={text}>
      <span className="truncate whitespace-pre">{start}</span>
      <span className="shrink-0 whitespace-pre">{end}</span>
    </span>
  );
}
