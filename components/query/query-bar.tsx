'use client';

import { Search, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useEffectEvent, useId, useMemo, useRef, useState } from 'react';
import { cn } from '@/components/ui/cn';
import { controlStyle } from '@/components/ui/input';
import { useApplyOnPause, useTypedText } from '@/components/ui/use-typed-text';
import { parseQuery } from '@/lib/query/parse';
import { type Suggestion, suggest } from '@/lib/query/suggest';
import { QueryMarks } from './query-marks';
import { SuggestionList } from './suggestion-list';
import { useKnown } from './use-known';
import type { ListQuery } from './use-list-query';

/** How long a pause in typing is, in milliseconds, after which the list follows. */
const PAUSE_MS = 300;

/** `change` gets every text that can be understood. */
interface QueryBarProps extends Pick<ListQuery, 'kind' | 'text'>, Partial<Pick<ListQuery, 'query' | 'change'>> {
  /** default: that it searches the list */
  label?: string;
  /** id of what explains it */
  describedBy?: string | undefined;
  /** gets every text, also one with a problem */
  onTyped?: (text: string) => void;
}

/**
 * The text of a query, with suggestions at the caret and marks where it cannot be understood. The list follows when
 * typing pauses; a text with a problem changes nothing.
 */
export function QueryBar({ kind, text, change, label, describedBy, onTyped }: QueryBarProps) {
  const [caret, setCaret] = useState(text.length);
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const [scrolled, setScrolled] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const isUnderstood = (wanted: string) => parseQuery(wanted, kind).problems.length === 0;
  const typed = useTypedText(text, (next) => change?.(next), isUnderstood);
  const { draft, type, apply, flush } = typed;
  const known = useKnown(kind, draft, caret, open);
  const id = useId();
  const { terms, problems } = useMemo(() => parseQuery(draft, kind), [draft, kind]);
  const suggestions = open ? suggest(draft, caret, kind, known) : [];
  const index = Math.min(chosen, suggestions.length - 1);
  // The beginning of a field would be searched for as a word.
  const isFieldBegun = suggestions.some(({ goesOn, from }) => goesOn && from < caret);
  const [problem] = problems;
  // Half a word is no mistake while it is being written.
  const isAtCaret = problem !== undefined && open && caret >= problem.at && caret <= problem.at + problem.length;

  useApplyOnPause(typed, { pauseMs: PAUSE_MS, waits: isFieldBegun });
  const told = useEffectEvent((now: string) => onTyped?.(now));
  useEffect(() => told(draft), [draft]);

  const take = ({ text: word, from, to, goesOn }: Suggestion) => {
    const end = goesOn || draft.charAt(to) !== '' ? '' : ' ';
    const next = draft.slice(0, from) + word + end + draft.slice(to);
    const place = from + word.length + end.length;
    type(next);
    setCaret(place);
    setChosen(-1);
    // After the new text is in the input.
    requestAnimationFrame(() => input.current?.setSelectionRange(place, place));
  };
  const clear = () => {
    setCaret(0);
    apply('');
    input.current?.focus();
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const selected = suggestions[index];
    if (step && !event.altKey) {
      event.preventDefault();
      if (!open) setOpen(true);
      else setChosen((index + step + suggestions.length + 1) % (suggestions.length + 1));
    } else if (event.key === 'Enter' && selected) {
      event.preventDefault();
      take(selected);
    } else if (event.key === 'Enter') {
      setOpen(false);
      apply(draft);
    } else if (event.key === 'Escape' && suggestions.length > 0) {
      event.preventDefault();
      setOpen(false);
      setChosen(-1);
    } else if (event.key === 'Escape' && draft) {
      event.preventDefault();
      clear();
    }
  };
  return (
    <div className="relative min-w-0 flex-1">
      <Search className="pointer-events-none absolute top-2.5 left-2.5 z-1 size-3.5 text-muted" aria-hidden="true" />
      <QueryMarks text={draft} terms={terms} problems={isAtCaret ? [] : problems} scrolled={scrolled} />
      <input
        ref={input}
        role="combobox"
        aria-label={label ?? `Search ${kind}`}
        aria-autocomplete="list"
        aria-expanded={suggestions.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={suggestions[index] ? `${id}-list-${index}` : undefined}
        aria-invalid={problem && !isAtCaret ? true : undefined}
        aria-describedby={[problem ? `${id}-problem` : '', describedBy ?? ''].filter(Boolean).join(' ') || undefined}
        aria-keyshortcuts="/"
        data-slash-focus
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        placeholder={`status:failed created:>1h "words"`}
        maxLength={2000}
        value={draft}
        onChange={(event) => {
          type(event.target.value);
          setCaret(event.target.selectionStart ?? event.target.value.length);
          setChosen(-1);
          setOpen(true);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
        onScroll={(event) => setScrolled(event.currentTarget.scrollLeft)}
        onFocus={() => setOpen(true)}
        onBlur={() => {
          setOpen(false);
          setChosen(-1);
          flush();
        }}
        onKeyDown={press}
        className={cn(controlStyle, 'relative h-8 bg-transparent px-8 font-mono text-xs')}
      />
      {draft ? (
        <button
          type="button"
          aria-label="Clear the search"
          onClick={clear}
          className="absolute top-1.5 right-1.5 z-1 rounded-sm p-1 text-muted hover:text-ink"
        >
          <X className="size-3" />
        </button>
      ) : null}
      <SuggestionList id={`${id}-list`} suggestions={suggestions} chosen={index} onChoose={setChosen} onTake={take} />
      <p
        id={`${id}-problem`}
        role="status"
        className={cn('text-status-failed text-xs [overflow-wrap:anywhere]', problem && !isAtCaret && 'mt-1')}
      >
        {problem && !isAtCaret ? problem.message : ''}
      </p>
    </div>
  );
}
