import { Plus } from 'lucide-react';
import Link from 'next/link';
import { Button } from './button';

const PAGES = { batch: '/batches/new', flow: '/flows/new' };

/** Leads to where a new one is made. */
export function NewRecord({ what }: { what: keyof typeof PAGES }) {
  return (
    <Button variant="primary" asChild>
      <Link href={PAGES[what]}>
        <Plus /> New {what}
      </Link>
    </Button>
  );
}
