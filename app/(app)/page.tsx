import type { Metadata } from 'next';
import { Overview } from '@/components/overview/overview';
import { NewRecord } from '@/components/shared/new-record';
import { Page, PageHeader } from '@/components/ui/panel';
import { FirstData } from './first-data';
import { OF_OVERVIEW } from './first-reads';

export const metadata: Metadata = { title: 'Overview' };

export default function OverviewPage() {
  return (
    <FirstData reads={OF_OVERVIEW}>
      <Page>
        <PageHeader title="Overview" actions={<NewRecord what="batch" />} />
        <Overview />
      </Page>
    </FirstData>
  );
}
