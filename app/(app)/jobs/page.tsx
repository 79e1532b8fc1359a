import type { Metadata } from 'next';
import { JobList } from '@/components/job/list/job-list';
import { Page, PageHeader } from '@/components/ui/panel';

export const metadata: Metadata = { title: 'Jobs' };

export default function JobsPage() {
  return (
    <Page className="h-full min-h-120">
      <PageHeader title="Jobs" />
      <JobList />
    </Page>
  );
}
