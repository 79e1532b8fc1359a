'use client';

import { BrokenPage } from '@/components/ui/broken-page';
import './globals.css';

interface GlobalErrorProps {
  error: Error & { digest?: string };
  reset: () => void;
}

/** Shows an error when the root layout cannot render. */
export default function GlobalError({ error, reset }: GlobalErrorProps) {
  return (
    <html lang="en">
      <body className="grid min-h-dvh place-items-center">
        <BrokenPage title="Batchyard could not draw this page" error={error} onRetry={reset} />
      </body>
    </html>
  );
}
