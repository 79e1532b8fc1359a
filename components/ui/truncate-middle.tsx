import { cn } from './cn';
import { splitTail } from './split-tail';

interface TruncateMiddleProps {
  text: string;
  /** characters at the end that always stay */
  tail?: number;
  /** shorter texts are one piece */
  least?: number;
  className?: string;
}

/**
 * Long text cut in its middle, so that both ends stay readable; the whole is in the title and is copied whole. A link
 * around it needs the text as its `aria-label`: two pieces are read as two words.
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
