import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { Logo } from '@/components/ui/logo';

export const metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-84">
        <Logo className="mb-4 size-6" />
        <h1 className="font-semibold text-xl tracking-tight">There is nothing at this address</h1>
        <p className="mt-1 text-muted text-sm">
          It may have been removed after its retention, or the link is incomplete.
        </p>
        <Button asChild className="mt-4">
          <Link href="/">Go to the overview</Link>
        </Button>
      </div>
    </main>
  );
}
