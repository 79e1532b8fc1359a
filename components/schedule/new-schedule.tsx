'use client';

import { useState } from 'react';
import { Page, PageHeader } from '@/components/ui/panel';
import { emptyDraft } from './draft';
import { ScheduleForm } from './schedule-form';

/** The page that creates a schedule. */
export function NewSchedule() {
  const [initial] = useState(emptyDraft);
  return (
    <Page>
      <PageHeader title="New schedule" />
      <ScheduleForm id={null} initial={initial} />
    </Page>
  );
}
