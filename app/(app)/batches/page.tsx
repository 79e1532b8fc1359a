import { Plus } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { BatchList } from '@/components/batches/batch-list';
import { Button } from '@/components/ui/button';
import { Page, PageHeader } from '@/components/ui/panel';

export const metadata: Metadata = { title: 'Batches' };

export default function BatchesPage() {
  return (
    <Page className="h-full min-h-120">
      <PageHeader
        title="Batches"
        actions={
          <Button variant="primary" asChild>
            <Link href="/batches/new">
              <Plus /> New batch
            </Link>
          </Button>
        }
      />
      <BatchList />
    </Page>
  );
}
