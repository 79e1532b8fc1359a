import { cn } from '@/components/ui/cn';
import { STATUS_LOOK } from '@/components/ui/status';
import type { FiringDto } from '@/lib/contracts/firing';
import { countedWords, firingLook } from './firing-look';
import { formatInZone } from './zone-time';

/** Bars of these statuses do not fill the height, so that they differ without color too. */
const HEIGHT: Record<string, string> = { cancelled: 'h-1.5', delayed: 'h-2', pending: 'h-1', 'in-progress': 'h-3' };

/** The last firings as bars, oldest first. */
export function Sparkline({ firings, timeZone }: { firings: readonly FiringDto[]; timeZone: string }) {
  if (firings.length === 0) return <span className="text-faint text-xs">none yet</span>;
  return (
    <span
      role="img"
      aria-label={`The last ${firings.length === 1 ? 'firing' : `${firings.length} firings`}: ${countedWords(firings)}`}
      className="inline-flex h-4 items-end gap-px"
    >
      {firings.map((firing) => {
        const { mark, word } = firingLook(firing);
        return (
          <span
            key={firing.dueAt}
            title={`${formatInZone(firing.dueAt, timeZone)}: ${word}`}
            className={cn('w-1 rounded-xs bg-current', HEIGHT[mark] ?? 'h-4', STATUS_LOOK[mark].text)}
          />
        );
      })}
    </span>
  );
}
