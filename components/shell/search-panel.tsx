'use client';

import { CornerDownLeft, FileText, Search } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { cn } from '@/components/ui/cn';
import { Spinner } from '@/components/ui/spinner';
import { STATUS_LOOK } from '@/components/ui/status';
import { StatusMark } from '@/components/ui/status-mark';
import { TypeTitle } from '@/components/ui/type-title';
import { DESTINATIONS } from './navigation';
import { type Hit, useSearchHits } from './use-search-hits';

function HitMark({ hit }: { hit: Hit }) {
  if (hit.status) return <StatusMark status={hit.status} label={STATUS_LOOK[hit.status].word} still />;
  const Icon = DESTINATIONS.find((item) => item.href === hit.href)?.icon ?? FileText;
  return <Icon className="size-3.5 shrink-0 text-muted" aria-hidden="true" />;
}

/** The search field and its results. Arrow keys select a result, Enter opens it. */
export function SearchPanel({ onDone }: { onDone: () => void }) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const { hits, searching, failed } = useSearchHits(text);
  const router = useRouter();
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const index = Math.min(chosen, hits.length - 1);

  useEffect(() => {
    list.current?.querySelector(`[data-index="${index}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [index]);

  const open = (hit: Hit | undefined) => {
    if (!hit) return;
    onDone();
    router.push(hit.href);
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && hits.length > 0) {
      event.preventDefault();
      setChosen((index + step + hits.length) % hits.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      open(hits[index]);
    }
  };

  return (
    <div className="flex max-h-[70dvh] flex-col">
      <div className="flex items-center gap-2.5 border-b px-4">
        <Search className="size-4 shrink-0 text-muted" aria-hidden="true" />
        <input
          role="combobox"
          aria-label="Search batches, jobs and document text"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={hits[index] ? `${listId}-${index}` : undefined}
          autoComplete="off"
          spellCheck={false}
          placeholder="Batches, jobs, ids, or words inside documents"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setChosen(0);
          }}
          onKeyDown={press}
          className="h-12 min-w-0 flex-1 bg-transparent text-base outline-none placeholder:text-faint max-sm:text-lg"
        />
        {searching && text.trim() ? <Spinner className="text-muted" /> : null}
      </div>
      <div ref={list} id={listId} role="listbox" aria-label="Found" className="min-h-0 overflow-y-auto p-1.5">
        {hits.map((hit, i) => (
          <div key={`${hit.group} ${hit.id}`}>
            {hits[i - 1]?.group === hit.group ? null : (
              <p className="px-2.5 pt-2 pb-1 text-muted text-xs" aria-hidden="true">
                {hit.group}
              </p>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the input above handles the keyboard */}
            <div
              id={`${listId}-${i}`}
              data-index={i}
              role="option"
              tabIndex={-1}
              aria-selected={i === index}
              onClick={() => open(hit)}
              onPointerMove={() => setChosen(i)}
              className={cn(
                'flex cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-1.5',
                i === index && 'bg-hover',
              )}
            >
              <HitMark hit={hit} />
              <span className="min-w-0 flex-1">
                <span className="block truncate text-sm">{hit.title}</span>
                {hit.detail || hit.type ? (
                  <span
                    className={cn(
                      'block text-muted text-xs',
                      hit.group === 'In documents' ? 'line-clamp-2' : 'truncate',
                    )}
                  >
                    {hit.type ? <TypeTitle type={hit.type} /> : hit.detail}
                  </span>
                ) : null}
              </span>
              {i === index ? <CornerDownLeft className="size-3.5 text-faint" aria-hidden="true" /> : null}
            </div>
          </div>
        ))}
        <p role="status" className={cn('px-2.5 text-muted text-sm', hits.length === 0 && 'py-6 text-center')}>
          {failed ? 'Part of the search failed. The list may be incomplete.' : ''}
          {hits.length === 0 && !searching && !failed ? 'Nothing found. Try fewer words, or part of a name.' : ''}
        </p>
      </div>
    </div>
  );
}
