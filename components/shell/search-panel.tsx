'use client';

import { CornerDownLeft, FileText, Search, Zap } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { type KeyboardEvent, useEffect, useEffectEvent, useId, useRef, useState } from 'react';
import { cn } from '@/components/ui/cn';
import { formatCount } from '@/components/ui/format';
import { Spinner } from '@/components/ui/spinner';
import { STATUS_LOOK } from '@/components/ui/status';
import { StatusMark } from '@/components/ui/status-mark';
import { TypeTitle } from '@/components/ui/type-title';
import { useViewer } from '@/lib/client/queries/system';
import { DESTINATIONS } from './navigation';
import type { Hit } from './palette/match';
import { remember } from './palette/recent';
import type { PaletteDialog } from './palette/use-palette-actions';
import { useSearchHits } from './use-search-hits';

function HitMark({ hit }: { hit: Hit }) {
  if (hit.status) return <StatusMark status={hit.status} label={STATUS_LOOK[hit.status].word} still />;
  const Icon = hit.isAction ? Zap : (DESTINATIONS.find((item) => item.href === hit.href)?.icon ?? FileText);
  return <Icon className="size-3.5 shrink-0 text-muted" aria-hidden="true" />;
}

interface SearchPanelProps {
  onDone: () => void;
  /** opens a dialog after the palette was closed */
  onShow: (dialog: PaletteDialog) => void;
  /** takes what was typed before this was loaded */
  takeTyped: () => string;
}

/** The field of the palette and what fits. Arrow keys select, Enter opens or does it. */
export function SearchPanel({ onDone, onShow, takeTyped }: SearchPanelProps) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const [entered, setEntered] = useState(false);
  const { hits, typed, searching, failed } = useSearchHits(text, onShow);
  const { data: viewer } = useViewer();
  const router = useRouter();
  const take = useEffectEvent(() => setText((now) => now + takeTyped()));
  useEffect(() => take(), []);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const index = Math.min(chosen, hits.length - 1);

  useEffect(() => {
    list.current?.querySelector(`[data-index="${index}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [index]);

  const open = (hit: Hit | undefined) => {
    if (!hit || hit.reason) return;
    // What changes something must not be the first entry the next time.
    if (viewer && !hit.changes) remember(viewer.organization.id, hit);
    onDone();
    if (hit.href !== undefined) router.push(hit.href);
    else hit.run?.();
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && hits.length > 0) {
      event.preventDefault();
      setChosen((index + step + hits.length) % hits.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      // The list may still be that of the text before: then it opens when the list has followed.
      if (typed === text.trim()) open(hits[index]);
      else setEntered(true);
    }
  };
  const follow = useEffectEvent(() => open(hits[index]));
  useEffect(() => {
    if (!entered || typed !== text.trim()) return;
    setEntered(false);
    follow();
  }, [entered, typed, text]);
  const groups = [...new Set(hits.map(({ group }) => group))];

  return (
    <div className="flex max-h-[70dvh] flex-col">
      <div className="flex items-center gap-2.5 border-b px-4">
        <Search className="size-4 shrink-0 text-muted" aria-hidden="true" />
        <input
          role="combobox"
          aria-label="Search batches, jobs and document text, or act"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={hits[index] ? `${listId}-${index}` : undefined}
          autoComplete="off"
          spellCheck={false}
          placeholder="Batches, jobs, ids, words inside documents, or what to do"
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
      <div ref={list} className="min-h-0 overflow-y-auto p-1.5">
        <div id={listId} role="listbox" aria-label="Found">
          {groups.map((group) => (
            // biome-ignore lint/a11y/useSemanticElements: a group of options, for which there is no element
            <div key={group} role="group" aria-label={group}>
              <p className="px-2.5 pt-2 pb-1 text-muted text-xs" aria-hidden="true">
                {group}
              </p>
              {hits.map((hit, i) =>
                hit.group === group ? (
                  <Option
                    key={`${group} ${hit.id}`}
                    id={`${listId}-${i}`}
                    hit={hit}
                    index={i}
                    selected={i === index}
                    onOpen={() => open(hit)}
                    onPoint={() => setChosen(i)}
                  />
                ) : null,
              )}
            </div>
          ))}
        </div>
        <p role="status" className={cn('px-2.5 text-muted text-sm', hits.length === 0 && 'py-6 text-center')}>
          {failed ? 'Part of the search failed. The list may be incomplete.' : ''}
          {hits.length === 0 && !searching && !failed ? 'Nothing found. Try fewer words, or part of a name.' : ''}
          {hits.length > 0 && !searching ? <span className="sr-only">{formatCount(hits.length, 'result')}</span> : null}
        </p>
      </div>
    </div>
  );
}

interface OptionProps {
  id: string;
  hit: Hit;
  index: number;
  selected: boolean;
  onOpen: () => void;
  onPoint: () => void;
}

function Option({ id, hit, index, selected, onOpen, onPoint }: OptionProps) {
  const detail = hit.reason ?? hit.detail;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the input above handles the keyboard
    <div
      id={id}
      data-index={index}
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      aria-disabled={hit.reason ? true : undefined}
      onClick={onOpen}
      onPointerMove={onPoint}
      className={cn(
        'flex cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-1.5',
        selected && 'bg-hover',
        hit.reason && 'cursor-not-allowed text-muted',
      )}
    >
      <HitMark hit={hit} />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-sm">{hit.title}</span>
        {detail || hit.type ? (
          <span className={cn('block text-muted text-xs', hit.group === 'In documents' ? 'line-clamp-2' : 'truncate')}>
            {hit.type ? <TypeTitle type={hit.type} /> : detail}
          </span>
        ) : null}
      </span>
      {selected && !hit.reason ? <CornerDownLeft className="size-3.5 text-faint" aria-hidden="true" /> : null}
    </div>
  );
}
