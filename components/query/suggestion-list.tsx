'use client';

import { cn } from '@/components/ui/cn';
import type { Suggestion } from '@/lib/query/suggest';

interface SuggestionListProps {
  id: string;
  suggestions: readonly Suggestion[];
  chosen: number;
  onChoose: (index: number) => void;
  onTake: (suggestion: Suggestion) => void;
}

/** The suggestions under the text of a query. The input keeps the focus and moves through them with the arrow keys. */
export function SuggestionList({ id, suggestions, chosen, onChoose, onTake }: SuggestionListProps) {
  return (
    <div
      id={id}
      role="listbox"
      aria-label="Suggestions"
      className={cn(
        'absolute top-9 left-0 z-30 max-h-80 w-full max-w-120 overflow-y-auto rounded-md border border-line-strong bg-surface p-1 shadow-pop',
        suggestions.length === 0 && 'hidden',
      )}
    >
      {suggestions.map((suggestion, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the input above handles the keyboard
        <div
          key={suggestion.text}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === chosen}
          // The input must not lose the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTake(suggestion)}
          onPointerMove={() => onChoose(index)}
          className={cn(
            'flex min-h-7 cursor-pointer items-center gap-3 rounded-sm px-2 text-sm',
            index === chosen && 'bg-hover',
          )}
        >
          <span className="font-mono text-xs">{suggestion.label}</span>
          {suggestion.hint ? <span className="min-w-0 truncate text-muted text-xs">{suggestion.hint}</span> : null}
        </div>
      ))}
    </div>
  );
}
