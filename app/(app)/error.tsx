'use client';

import { BrokenPage } from '@/components/ui/broken-page';

interface ErrorPageProps {
  error: Error & { digest?: string };
  reset: () => void;
}

/** Shows a rendering error of a page. The layout around it stays usable. */
export default function ErrorPage({ error, reset }: ErrorPageProps) {
  return <BrokenPage title="This page stopped working" error={error} onRetry={reset} />;
}
