'use client';

import { BrokenPage } from '@/components/ui/broken-page';

interface ErrorPageProps {
  error: Error & { digest?: string };
  reset: () => void;
}

/** A page that broke while drawing; the frame around it goes on. */
export default function ErrorPage({ error, reset }: ErrorPageProps) {
  return <BrokenPage title="This page stopped working" error={error} onRetry={reset} />;
}
