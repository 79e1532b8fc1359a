import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { EmptyState } from '@/components/ui/states';

export default function NotFound() {
  return (
    <EmptyState
      title="There is nothing at this address"
      actions={
        <Button asChild>
          <Link href="/">Go to the overview</Link>
        </Button>
      }
    >
      It may have been removed after its retention, or the link is incomplete.
    </EmptyState>
  );
}
