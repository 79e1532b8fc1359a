import type { Metadata } from 'next';
import { HistoryPage } from '@/components/history/history-page';
import { Page, PageHeader } from '@/components/ui/panel';

export const metadata: Metadata = { title: 'History' };

export default function History() {
  return (
    <Page>
      <PageHeader
        title="History"
        meta="What ended over time: ends of runs, so a job that is retried and fails again counts twice"
      />
      <HistoryPage />
    </Page>
  );
}
