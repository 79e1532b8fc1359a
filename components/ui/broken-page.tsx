'use client';

import { useEffect, useState } from 'react';
import { ErrorState } from './states';

const LOOK_EVERY_MS = 2_000;

/** Returns whether the database is unreachable, which the server reports as 503. */
async function isAway(): Promise<boolean> {
  try {
    const answer = await fetch(globalThis.location.href, { method: 'HEAD', cache: 'no-store', redirect: 'manual' });
    return answer.status === 503;
  } catch (error) {
    if (error instanceof TypeError) return true;
    throw error;
  }
}

interface BrokenPageProps {
  title: string;
  error: Error & { digest?: string };
  onRetry: () => void;
}

/** The page for a rendering error. If the database is unreachable, it shows this and reloads when it is reachable. */
export function BrokenPage({ title, error, onRetry }: BrokenPageProps) {
  const [away, setAway] = useState(false);
  useEffect(() => {
    console.error(error);
    let wasAway = false;
    const look = async (): Promise<void> => {
      const now = await isAway();
      if (wasAway && !now) globalThis.location.reload();
      wasAway ||= now;
      setAway(now);
    };
    void look();
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [error]);
  const reference = error.digest ? ` Reference in the log: ${error.digest}.` : '';
  return away ? (
    <ErrorState
      title="The database can’t be reached"
      detail={`Running work continues. Its results are recorded when the database is back. This page reloads automatically.${reference}`}
    />
  ) : (
    <ErrorState title={title} detail={`Running work continues without this page.${reference}`} onRetry={onRetry} />
  );
}
