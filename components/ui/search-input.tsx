'use client';

import { Search, X } from 'lucide-react';
import { cn } from './cn';
import { Input } from './input';
import { useApplyOnPause, useTypedText } from './use-typed-text';

/** How long a pause in typing is, in milliseconds, after which the list follows. */
const PAUSE_MS = 250;

interface SearchInputProps {
  label: string;
  placeholder?: string;
  /** the effective value, from the URL */
  value: string;
  /** called when typing pauses */
  onSearch: (value: string) => void;
  className?: string;
}

/** A debounced text filter. Enter applies it at once; Escape clears it. */
export function SearchInput({ label, placeholder, value, onSearch, className }: SearchInputProps) {
  const typed = useTypedText(value, onSearch);
  const { draft: text, type, apply, flush } = typed;
  useApplyOnPause(typed, { pauseMs: PAUSE_MS });
  return (
    <span className={cn('relative inline-flex min-w-0', className)}>
      <Search
        className="pointer-events-none absolute inset-y-0 left-2.5 my-auto size-3.5 text-muted"
        aria-hidden="true"
      />
      <Input
        type="text"
        role="searchbox"
        inputMode="search"
        aria-label={label}
        placeholder={placeholder ?? label}
        maxLength={200}
        value={text}
        onChange={(event) => type(event.target.value)}
        onBlur={flush}
        onKeyDown={(event) => {
          if (event.key === 'Enter') apply(text);
          if (event.key !== 'Escape' || !text) return;
          event.preventDefault();
          apply('');
        }}
        className="px-8"
      />
      {text ? (
        <button
          type="button"
          aria-label="Clear the search"
          onClick={() => apply('')}
          className="absolute inset-y-0 right-1.5 my-auto size-5 rounded-sm p-1 text-muted hover:text-ink"
        >
          <X className="size-3" />
        </button>
      ) : null}
    </span>
  );
}
