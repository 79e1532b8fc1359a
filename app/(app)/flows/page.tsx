import { Plus } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { FlowList } from '@/components/flows/flow-list';
import { Button } from '@/components/ui/button';
import { Page, PageHeader } from '@/components/ui/panel';

export const metadata: Metadata = { title: 'Flows' };

export default function FlowsPage() {
  return (
    <Page className="h-full min-h-120">
      <PageHeader
        title="Flows"
        actions={
          <Button variant="primary" asChild>
            <Link href="/flows/new">
              <Plus /> New flow
            </Link>
          </Button>
        }
      />
      <FlowList />
    </Page>
  );
}
