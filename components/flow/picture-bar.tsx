'use client';

import { ListTree, Workflow } from 'lucide-react';
import { useMemo } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { formatNumber } from '@/components/ui/format';
import { flatten } from './graph/view';
import type { FlowPicture } from './use-flow-address';
import type { View } from './use-view';

interface PictureBarProps {
  picture: FlowPicture;
  onPicture: (picture: FlowPicture) => void;
  view: View;
  /** nodes of the flow, shown or not */
  total: number;
}

const PICTURES = [
  { value: 'graph', title: 'Graph', icon: Workflow },
  { value: 'list', title: 'List', icon: ListTree },
] as const;

/** Switches between graph and list, and controls how much of the tree is shown. */
export function PictureBar({ picture, onPicture, view, total }: PictureBarProps) {
  const shown = useMemo(() => flatten(view.item).filter(({ kind }) => kind === 'job').length, [view.item]);
  return (
    <div className="flex h-10 shrink-0 items-center gap-2 border-b pr-2 pl-2">
      <fieldset aria-label="Show the tree as" className="flex rounded-md bg-sunken p-0.5">
        {PICTURES.map(({ value, title, icon: Icon }) => (
          <button
            key={value}
            type="button"
            aria-pressed={picture === value}
            onClick={() => onPicture(value)}
            className={cn(
              'inline-flex h-6 items-center gap-1.5 rounded-sm px-2 text-muted text-xs hover:text-ink [&_svg]:size-3.5',
              picture === value && 'bg-surface font-medium text-ink shadow-[0_0_0_1px_var(--line-strong)]',
            )}
          >
            <Icon aria-hidden="true" /> {title}
          </button>
        ))}
      </fieldset>
      <p className="min-w-0 truncate text-muted text-xs max-sm:sr-only" role="status">
        {shown < total
          ? `${formatNumber(shown)} of ${formatNumber(total)} jobs shown`
          : `all ${formatNumber(total)} shown`}
      </p>
      <span className="ml-auto flex gap-1">
        {view.changed ? (
          <Button size="sm" variant="ghost" onClick={view.reset}>
            Fold again
          </Button>
        ) : null}
        {shown < total && !view.all ? (
          <Button size="sm" variant="ghost" onClick={view.unfoldAll}>
            Unfold all
          </Button>
        ) : null}
      </span>
    </div>
  );
}
