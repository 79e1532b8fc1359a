'use client';

import { useEffect, useRef, useState } from 'react';
import { formatEta, formatPercent } from '@/components/ui/format';
import type { BatchDto } from '@/lib/contracts/batch';
import { doneOf } from '@/lib/contracts/progress';

const EVERY_MS = 20_000;

/** Announces the progress of running batches to screen readers every 20 seconds. */
export function Announce({ batches }: { batches: readonly BatchDto[] }) {
  const [text, setText] = useState('');
  const latest = useRef(batches);
  latest.current = batches;
  useEffect(() => {
    const say = () => {
      const words = latest.current.map((b) => {
        const done = doneOf(b);
        return `${b.name}: ${formatPercent(b.progress, false, done > 0)}, ${formatEta(b.etaSeconds, done, b.total)}`;
      });
      setText(words.join('. '));
    };
    const timer = setInterval(say, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <p aria-live="polite" className="sr-only">
      {text}
    </p>
  );
}
