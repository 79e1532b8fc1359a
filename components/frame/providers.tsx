'use client';

import type { ReactNode } from 'react';
import { ToastProvider } from '@/components/ui/toast';
import { TooltipProvider } from '@/components/ui/tooltip';
import { ClientProvider } from '@/lib/client/provider';

/** Data, tooltips and toasts for every page behind the sign-in. */
export function Providers({ children }: { children: ReactNode }) {
  return (
    <ClientProvider>
      <TooltipProvider delayDuration={400} skipDelayDuration={200}>
        <ToastProvider>{children}</ToastProvider>
      </TooltipProvider>
    </ClientProvider>
  );
}
