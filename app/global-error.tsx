'use client';

import { useEffect } from 'react';
import { ErrorState } from '@/components/ui/states';
import './globals.css';

interface GlobalErrorProps {
  error: Error & { digest?: string };
  reset: () => void;
}

/** The last resort, when even the frame can't be drawn. */
export default function GlobalError({ error, reset }: GlobalErrorProps) {
  useEffect(() => {
    console.error(error);
  }, [error]);
  return (
    <html lang="en">
      <body className="grid min-h-dvh place-items-center">
        <ErrorState
          title="Batchyard could not draw this page"
          detail={`The work itself is not affected.${error.digest ? ` Reference in the log: ${error.digest}.` : ''}`}
          onRetry={reset}
        />
      </body>
    </html>
  );
}
