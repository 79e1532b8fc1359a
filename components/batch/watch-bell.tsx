'use client';

import { Bell, BellRing } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { useToast } from '@/components/ui/toast';
import type { BatchDto } from '@/lib/contracts/batch';
import { messageOf } from '@/lib/contracts/notification-message';

const BLOCKED = 'The browser blocks notifications of this site. Its settings can allow them.';

/**
 * Lets the browser tell when the batch has ended, while its page is open in some tab. The browser is asked for its
 * permission only by a click.
 */
export function WatchBell({ batch }: { batch: BatchDto }) {
  const [permission, setPermission] = useState<NotificationPermission | null>(null);
  const notify = useToast();
  const [watching, setWatching] = useState(false);
  const hasEnded = batch.finishedAt !== null;
  const before = useRef(hasEnded);

  // Servers and some browsers have none, so it is looked for after the first drawing.
  useEffect(() => {
    if ('Notification' in globalThis) setPermission(Notification.permission);
  }, []);

  useEffect(() => {
    const ends = hasEnded && !before.current;
    before.current = hasEnded;
    if (!ends || !watching) return;
    setWatching(false);
    const { id, name, status, total, completed, failed, cancelled } = batch;
    const { title, lines } = messageOf('batch.finished', { name, status, total, completed, failed, cancelled });
    const detail = lines.join('\n');
    try {
      new Notification(title, { body: detail, tag: id });
    } catch {
      // Browsers of phones have the permission and no such window, so the page itself tells.
      notify({ title, detail });
    }
  }, [hasEnded, watching, batch, notify]);

  if (permission === null || hasEnded) return null;
  const toggle = async () => {
    if (watching) return setWatching(false);
    const answer = await Notification.requestPermission();
    setPermission(answer);
    setWatching(answer === 'granted');
  };
  return (
    <Button
      size="icon"
      variant="ghost"
      aria-pressed={watching}
      aria-label={watching ? 'Stop watching' : 'Tell me when it ends'}
      title={watching ? 'The browser tells you when it ends, while this page is open' : 'Tell me when it ends'}
      reason={permission === 'denied' ? BLOCKED : null}
      onClick={() => void toggle()}
    >
      {watching ? <BellRing className="text-accent" /> : <Bell />}
    </Button>
  );
}
