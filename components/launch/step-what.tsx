'use client';

import { Activity, FileText, type LucideIcon, Workflow } from 'lucide-react';
import { useId } from 'react';
import { cn } from '@/components/ui/cn';
import { Skeleton } from '@/components/ui/skeleton';
import { ErrorState } from '@/components/ui/states';
import { describeError } from '@/lib/client/api';
import { useJobTypes } from '@/lib/client/queries/use-job-types';
import type { JobTypeDto } from '@/lib/contracts/system';
import { fieldsOf } from './schema';

const ICON: Record<string, LucideIcon> = { 'document-processing': FileText, diagnostic: Activity };

/** Names of what an item needs or gives, few enough to read. */
function namesOf(schema: Record<string, unknown>): string {
  const names = fieldsOf(schema).map((field) => field.name);
  return names.length > 5 ? `${names.slice(0, 5).join(', ')}, …` : names.join(', ');
}

interface TypeCardProps {
  type: JobTypeDto;
  chosen: boolean;
  /** another type is chosen: its title is enough */
  small: boolean;
  onChoose: () => void;
}

function TypeCard({ type, chosen, small, onChoose }: TypeCardProps) {
  const Icon = ICON[type.type] ?? Workflow;
  const id = useId();
  const takes = namesOf(type.inputSchema);
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
            <span className="text-ink">{type.acceptsFiles ? 'files, or rows' : takes || 'nothing'}</span>
            <span>Gives</span>
            <span className="truncate text-ink">{namesOf(type.outputSchema) || 'nothing'}</span>
          </span>
        )}
      </span>
    </label>
  );
}

/** The first step: what to do with each item. */
export function StepWhat({ chosen, onChoose }: { chosen: string; onChoose: (type: string) => void }) {
  const { data: types, isError, error, refetch, isFetching } = useJobTypes();
  const isChosen = types?.some((type) => type.type === chosen) ?? false;
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
    <fieldset
      className={cn(
        'grid grid-flow-dense gap-2',
        isChosen ? 'grid-cols-2 sm:grid-cols-3 xl:grid-cols-4' : 'sm:grid-cols-2',
      )}
    >
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
        : [1, 2].map((i) => (
            <span key={i} className="block rounded-md border p-3">
              <Skeleton className="w-32" />
              <Skeleton className="mt-2 h-2.5" />
              <Skeleton className="mt-6 h-2.5 w-40" />
            </span>
          ))}
    </fieldset>
  );
}
