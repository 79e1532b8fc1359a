'use client';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { ToastProvider } from '@/components/ui/toast';
import { TooltipProvider } from '@/components/ui/tooltip';
import { ClientProvider } from '@/lib/client/provider';
import type { ViewerDto } from '@/lib/contracts/system';
import { LoadDemanded } from './load-demanded';
import { PasswordPrompt } from './password-prompt';
import { SwitchedNotice } from './switched-notice';

/** Shares the page's nonce: dialogs add a style element, and their library reads the nonce under this name. */
function shareNonce(): void {
  const nonce = globalThis.document?.querySelector<HTMLScriptElement>('script[nonce]')?.nonce;
  if (nonce) Object.assign(globalThis, { __webpack_nonce__: nonce });
}

/** Data, tooltips and toasts for every page behind the sign-in. */
export function Providers({ viewer, children }: { viewer: ViewerDto; children: ReactNode }) {
  useState(shareNonce);
  return (
    <ClientProvider viewer={viewer}>
      <Overlays>
        {children}
        <SwitchedNotice viewer={viewer} />
      </Overlays>
    </ClientProvider>
  );
}

/** The same for a person who may only change the own account. It reads nothing, because the API would refuse it. */
export function AccountProviders({ children }: { children: ReactNode }) {
  useState(shareNonce);
  const [client] = useState(() => new QueryClient({ defaultOptions: { mutations: { networkMode: 'always' } } }));
  return (
    <QueryClientProvider client={client}>
      <Overlays>{children}</Overlays>
    </QueryClientProvider>
  );
}

function Overlays({ children }: { children: ReactNode }) {
  return (
    <TooltipProvider>
      <ToastProvider>
        {children}
        <PasswordPrompt />
        <LoadDemanded />
      </ToastProvider>
    </TooltipProvider>
  );
}
