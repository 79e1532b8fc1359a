import type { Metadata } from 'next';
import { FirstData } from '@/app/(app)/first-data';
import { type Address, ofJobs } from '@/app/(app)/first-reads';
import { JobList } from '@/components/job/list/job-list';
import { Page, PageHeader } from '@/components/ui/panel';

export const metadata: Metadata = { title: 'Jobs' };

export default async function JobsPage({ searchParams }: { searchParams: Address }) {
  return (
    <FirstData reads={await ofJobs(searchParams)}>
      <Page className="h-full min-h-120">
        <PageHeader title="Jobs" />
        <JobList />
      </Page>
    </FirstData>
  );
}
