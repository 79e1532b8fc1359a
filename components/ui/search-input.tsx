'use client';

import { Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { cn } from './cn';
import { Input } from './input';

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
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  const said = useRef(onSearch);
  said.current = onSearch;
  if (seen !== value) {
    // The URL changed in another way (back button, link), so its value wins.
    setSeen(value);
    setText(value);
  }
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => said.current(text.trim()), 250);
    return () => clearTimeout(timer);
  }, [text, value]);
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
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onSearch(text.trim());
          if (event.key !== 'Escape' || !text) return;
          event.preventDefault();
          setText('');
          onSearch('');
        }}
        className="px-8"
      />
      {text ? (
        <button
          type="button"
          aria-label="Clear the search"
          onClick={() => {
            setText('');
            onSearch('');
          }}
          className="absolute inset-y-0 right-1.5 my-auto size-5 rounded-sm p-1 text-muted hover:text-ink"
        >
          <X className="size-3" />
        </button>
      ) : null}
    </span>
  );
}
