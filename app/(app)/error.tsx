'use client';

import { useEffect } from 'react';
import { ErrorState } from '@/components/ui/states';

interface ErrorPageProps {
  error: Error & { digest?: string };
  reset: () => void;
}

/** A page that broke while drawing; the frame around it goes on. */
export default function ErrorPage({ error, reset }: ErrorPageProps) {
  useEffect(() => {
    console.error(error);
  }, [error]);
  return (
    <ErrorState
      title="This page stopped working"
      detail={`The work itself is not affected.${error.digest ? ` Reference in the log: ${error.digest}.` : ''}`}
      onRetry={reset}
    />
  );
}
