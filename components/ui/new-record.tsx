import { Plus } from 'lucide-react';
import Link from 'next/link';
import { Button } from './button';

const PAGES = { batch: '/batches/new', flow: '/flows/new' };

/** A link to the page that creates a new record. */
export function NewRecord({ what }: { what: keyof typeof PAGES }) {
  return (
    <Button variant="primary" asChild>
      <Link href={PAGES[what]}>
        <Plus /> New {what}
      </Link>
    </Button>
  );
}
