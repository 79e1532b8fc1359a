import { Plus } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { Overview } from '@/components/overview/overview';
import { Button } from '@/components/ui/button';
import { Page, PageHeader } from '@/components/ui/panel';

export const metadata: Metadata = { title: 'Overview' };

export default function OverviewPage() {
  return (
    <Page>
      <PageHeader
        title="Overview"
        actions={
          <Button variant="primary" asChild>
            <Link href="/batches/new">
              <Plus /> New batch
            </Link>
          </Button>
        }
      />
      <Overview />
    </Page>
  );
}
