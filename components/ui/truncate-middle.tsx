import { cn } from './cn';

/** Long text cut in its middle, so that both ends stay readable; the whole is in the title and is copied whole. */
export function TruncateMiddle({ text, tail = 8, className }: { text: string; tail?: number; className?: string }) {
  const end = text.length > tail * 2 ? text.slice(-tail) : '';
  const start = end ? text.slice(0, -tail) : text;
  return (
    <span className={cn('flex min-w-0', className)} title={text}>
      <span className="truncate whitespace-pre">{start}</span>
      <span className="shrink-0 whitespace-pre">{end}</span>
    </span>
  );
}
