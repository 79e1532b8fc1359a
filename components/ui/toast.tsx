'use client';

import { createContext, type ReactNode, use, useCallback, useState } from 'react';
import { onDemand } from './on-demand';
import type { ShownToast, ToastInput } from './overlays/toasts';

export type { ToastInput } from './overlays/toasts';

const Toasts = onDemand(
  () => import('./overlays/toasts').then((module) => module.Toasts),
  ({ toasts }) => toasts.length > 0,
);

const ToastContext = createContext<((toast: ToastInput) => void) | null>(null);

/** `const notify = useToast()`. For events outside of the user's view. Show a form's errors in the form. */
export function useToast(): (toast: ToastInput) => void {
  const notify = use(ToastContext);
  if (!notify) throw new Error('useToast needs a ToastProvider above it');
  return notify;
}

let lastId = 0;

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<ShownToast[]>([]);
  const notify = useCallback((toast: ToastInput) => {
    lastId += 1;
    const id = lastId;
    setToasts((shown) => [...shown.slice(-3), { ...toast, id }]);
  }, []);
  const close = useCallback((id: number) => setToasts((shown) => shown.filter((t) => t.id !== id)), []);
  return (
    <ToastContext value={notify}>
      {children}
      <Toasts toasts={toasts} close={close} />
    </ToastContext>
  );
}
