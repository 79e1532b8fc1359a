'use client';

import { useId } from 'react';
import { cn } from '@/components/ui/cn';
import { jobTypeIcon } from '@/components/ui/job-type-icon';
import { Skeleton } from '@/components/ui/skeleton';
import { ErrorState } from '@/components/ui/states';
import { describeError } from '@/lib/client/api';
import { useLaunchableTypes } from '@/lib/client/queries/jobs';
import type { JobTypeDto } from '@/lib/contracts/job-type';
import { givesOf, needsOf } from './needs';

/** Placeholders for the expected number of cards, so that the steps below do not move. */
const EXPECTED = Array.from({ length: 10 }, (_, i) => i);

interface TypeCardProps {
  type: JobTypeDto;
  chosen: boolean;
  /** another type is chosen, so only the title is shown */
  small: boolean;
  onChoose: () => void;
}

function TypeCard({ type, chosen, small, onChoose }: TypeCardProps) {
  const Icon = jobTypeIcon(type);
  const id = useId();
  return (
    <label
      className={cn(
        'flex cursor-pointer gap-3 rounded-md border has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent has-[:focus-visible]:outline-offset-2',
        small ? 'items-center px-3 py-1.5' : 'p-3',
        chosen ? 'col-span-full border-accent bg-selected' : 'hover:border-control-line hover:bg-hover',
      )}
    >
      <input
        type="radio"
        name="job-type"
        value={type.type}
        checked={chosen}
        onChange={onChoose}
        aria-labelledby={id}
        aria-describedby={small ? undefined : `${id}-what`}
        className="sr-only"
      />
      <Icon
        className={cn('size-4 shrink-0', small ? '' : 'mt-0.5', chosen ? 'text-accent' : 'text-muted')}
        aria-hidden="true"
      />
      <span className="min-w-0">
        <span id={id} className={cn('block', small ? 'truncate text-sm' : 'font-medium')}>
          {type.title}
        </span>
        {small ? null : (
          <span id={`${id}-what`} className="mt-0.5 block text-muted text-xs">
            {type.description}
          </span>
        )}
        {small ? null : (
          <span className="mt-2 grid grid-cols-[auto_1fr] gap-x-2 text-muted text-xs">
            <span>Needs</span>
            <span className="text-ink [overflow-wrap:anywhere]">{needsOf(type)}</span>
            <span>Gives</span>
            <span className="text-ink [overflow-wrap:anywhere]">{givesOf(type)}</span>
          </span>
        )}
      </span>
    </label>
  );
}

/** The first step: the job type. */
export function StepWhat({ chosen, onChoose }: { chosen: string; onChoose: (type: string) => void }) {
  const { data: types, isError, error, refetch, isFetching } = useLaunchableTypes();
  const isChosen = types?.some((type) => type.type === chosen) ?? false;
  // While the types are loading, the type in the URL is assumed to exist.
  const picked = types === undefined ? chosen !== '' : isChosen;
  if (isError) {
    return (
      <ErrorState
        title="The job types could not be read"
        detail={describeError(error)}
        onRetry={() => void refetch()}
        retrying={isFetching}
        className="py-6"
      />
    );
  }
  return (
    <fieldset className={cn('grid grid-flow-dense gap-2', picked ? 'grid-cols-2 sm:grid-cols-3' : 'sm:grid-cols-2')}>
      <legend className="sr-only">Job type</legend>
      {types
        ? types.map((type) => (
            <TypeCard
              key={type.type}
              type={type}
              chosen={type.type === chosen}
              small={isChosen && type.type !== chosen}
              onChoose={() => onChoose(type.type)}
            />
          ))
        : EXPECTED.map((i) => (
            <span
              key={i}
              className={cn(
                'block rounded-md border',
                picked && i > 0 ? 'h-8.5' : 'p-3 pl-10',
                picked && i === 0 && 'col-span-full',
              )}
            >
              {picked && i > 0 ? null : (
                <>
                  <Skeleton className="my-1 w-32" />
                  <Skeleton className="my-1 h-2.5" />
                  <Skeleton className="my-1.5 h-2.5 w-2/3" />
                  <Skeleton className="mt-3 h-2.5 w-40" />
                  <Skeleton className="my-1.5 h-2.5 w-40" />
                </>
              )}
            </span>
          ))}
    </fieldset>
  );
}
