'use client';

import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { Notice } from '@/components/ui/notice';
import { Page, PageHeader } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { describeError } from '@/lib/client/api';
import { useBatchWithItems } from '@/lib/client/queries/schedules';
import { draftOfBatch, emptyDraft } from './draft';
import { ScheduleForm } from './schedule-form';

/** The page that creates a schedule, from nothing or from a batch that the address names. */
export function NewSchedule() {
  const batchId = useSearchParams().get('batch');
  const { data, error } = useBatchWithItems(batchId);
  const [empty] = useState(emptyDraft);
  const isReady = batchId === null || data !== undefined || error !== null;
  return (
    <Page>
      <PageHeader title="New schedule" />
      {error ? (
        <Notice tone="warning" title="The items of the batch could not be read">
          {describeError(error)} Enter them, or choose a file.
        </Notice>
      ) : null}
      {isReady ? (
        <ScheduleForm id={null} initial={data ? draftOfBatch(data.batch, data.items) : empty} />
      ) : (
        <Skeleton className="h-64 w-full" />
      )}
    </Page>
  );
}
