'use client';

import { Check } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useSearchParams } from 'next/navigation';
import type { ReactNode } from 'react';
import type { OptionField } from '@/components/shared/batch-options';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { formatCount } from '@/components/ui/format';
import { Notice } from '@/components/ui/notice';
import { PageHeader } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { ErrorState } from '@/components/ui/states';
import { describeError } from '@/lib/client/api';
import { StepHow } from './step-how';
import { StepItems } from './step-items';
import { StepLaunch } from './step-launch';
import { StepWhat } from './step-what';
import { useLaunchForm } from './use-launch-form';

const ImportPanel = dynamic(() => import('./import-panel').then((module) => module.ImportPanel), {
  ssr: false,
  loading: TableSkeleton,
});

/**
 * The launch page with its four steps: What, Items, How, Launch.
 * @param optionFields the options that a batch may have
 */
export function LaunchPage({ optionFields }: { optionFields: readonly OptionField[] }) {
  const params = useSearchParams();
  const form = useLaunchForm(params.get('type'), params.get('import'), params.has('sample'));
  const { state, jobType, items, leaving } = form;
  if (!state || leaving) {
    return (
      <>
        <PageHeader title="New batch" />
        <p role="status" className="text-muted text-sm">
          {leaving ? 'Created. Opening the batch …' : ''}
        </p>
        <Skeleton className="h-40 rounded-md" />
        <Skeleton className="h-64 rounded-md" />
      </>
    );
  }
  const { draft, change, kept } = state;
  const first = 'Choose a job type first.';
  return (
    <>
      <PageHeader
        title="New batch"
        actions={
          <Button variant="ghost" onClick={form.startOver}>
            Start over
          </Button>
        }
      />
      {kept ? null : <Notice tone="warning">The browser could not store this draft. A reload would lose it.</Notice>}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[minmax(0,1fr)_340px] xl:grid-cols-[minmax(0,1fr)_380px]">
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4">
          <Step number={1} title="What" summary={jobType?.title} done={jobType !== undefined}>
            <StepWhat chosen={draft.type} onChoose={form.chooseType} />
          </Step>
          <Step
            number={2}
            title="Items"
            label="Items to process"
            summary={
              items && items.count > 0 ? `${items.approximate ? 'about ' : ''}${formatCount(items.count, 'item')}` : ''
            }
            done={items !== null && items.blocked === null && form.issues.length === 0}
            waiting={jobType ? null : first}
          >
            {items ? (
              <StepItems
                state={state}
                sources={form.sources}
                source={form.source}
                fields={form.fields}
                formFields={form.formFields}
                items={items}
                issues={form.issues}
                uploads={form.uploads}
                list={form.list}
                bring={form.bring}
                sample={form.sample}
                onOpen={form.table.open}
                table={form.importId ? <TableOfLaunch form={form} skipBad={draft.skipBad} /> : null}
              />
            ) : null}
          </Step>
          <Step
            number={3}
            title="How"
            done={jobType !== undefined && Object.keys(form.optionIssues).length === 0}
            waiting={jobType ? null : first}
          >
            {jobType ? (
              <StepHow
                draft={draft}
                change={change}
                defaults={jobType.defaults}
                optionFields={optionFields}
                issues={form.optionIssues}
                columns={form.columns}
                summary={form.summary}
              />
            ) : null}
          </Step>
        </div>
        <div className="min-w-0 lg:sticky lg:top-6">
          <Step number={4} title="Launch" done={false}>
            <StepLaunch
              name={form.name}
              onName={(name) => change({ name })}
              sentence={form.sentence}
              start={draft.start}
              count={items?.count ?? 0}
              approximate={items?.approximate ?? false}
              blocked={form.blocked}
              busy={form.busy}
              written={form.written}
              gate={form.gate}
              refusal={form.refusal}
              running={form.running}
              onLaunch={form.send}
            />
          </Step>
        </div>
      </div>
    </>
  );
}

/** The import of the URL, or why it can't be shown. */
function TableOfLaunch({ form, skipBad }: { form: ReturnType<typeof useLaunchForm>; skipBad: boolean }) {
  const { table, found } = form;
  if (found) {
    return (
      <ImportPanel
        found={found}
        draft={form.mapping}
        skipBad={skipBad}
        onSkipBad={(skip) => form.change({ skipBad: skip })}
        onGone={table.close}
        noWorkers={form.gate.noWorkers}
      />
    );
  }
  if (table.error) {
    return (
      <ErrorState
        title="The table was not found"
        detail={describeError(table.error)}
        onRetry={table.retry}
        className="py-6"
      />
    );
  }
  return <TableSkeleton />;
}

function TableSkeleton() {
  return (
    <div className="grid gap-3">
      <Skeleton className="h-10 rounded-md" />
      <Skeleton className="h-40 rounded-md" />
      <Skeleton className="h-64 rounded-md" />
    </div>
  );
}

interface StepProps {
  number: number;
  title: string;
  /** accessible name of the region; set if the title alone could be read as a control */
  label?: string;
  /** shown beside the title when the step is complete */
  summary?: ReactNode;
  done: boolean;
  /** what is missing before the step can be completed */
  waiting?: string | null;
  /** right of the title */
  actions?: ReactNode;
  children: ReactNode;
}

/** One of the four steps. It is always visible. */
function Step({ number, title, label, summary, done, waiting, actions, children }: StepProps) {
  return (
    <section aria-label={label ?? title} className="min-w-0 rounded-md border bg-surface">
      <header className="flex min-h-10 items-center gap-2.5 border-b px-3">
        <span
          className={cn(
            'grid size-5 shrink-0 place-items-center rounded-full border font-medium text-2xs',
            done ? 'border-status-completed bg-status-completed text-surface' : 'border-control-line text-muted',
          )}
        >
          {done ? <Check className="size-3" strokeWidth={3} aria-label={`Step ${number}, done`} /> : number}
        </span>
        <h2 className="shrink-0 font-medium text-sm">{title}</h2>
        <p className="min-w-0 flex-1 truncate text-muted text-xs">{summary}</p>
        {actions}
      </header>
      <div className="p-3">{waiting ? <p className="text-muted text-sm">{waiting}</p> : children}</div>
    </section>
  );
}
