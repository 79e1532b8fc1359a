'use client';

import { useEffect, useRef, useState } from 'react';
import { onDemand } from '@/components/ui/on-demand';
import { onReauthentication } from '@/lib/client/api';
import type { AskedPassword } from './password-dialog';

const PasswordDialog = onDemand(
  () => import('./password-dialog').then((module) => module.PasswordDialog),
  ({ asked }) => asked !== null,
);

/** Asks for the password when the server wants it again. The action that needed it goes on afterwards. */
export function PasswordPrompt() {
  const [asked, setAsked] = useState<AskedPassword | null>(null);
  const open = useRef<Promise<boolean> | null>(null);
  useEffect(
    () =>
      onReauthentication((why) => {
        // Two actions at once are one question.
        open.current ??= new Promise<boolean>((resolve) => setAsked({ why, answer: resolve })).finally(() => {
          open.current = null;
        });
        return open.current;
      }),
    [],
  );
  const close = (given: boolean) => {
    asked?.answer(given);
    setAsked(null);
  };
  return <PasswordDialog asked={asked} close={close} />;
}
