import { CircleAlert, CircleCheck, Info, X } from 'lucide-react';
import * as Radix from 'radix-ui/toast';
import type { ReactNode } from 'react';

export interface ToastInput {
  title: string;
  detail?: ReactNode;
  tone?: 'info' | 'success' | 'error';
  /** one action */
  action?: { label: string; onAction: () => void };
}
export type ShownToast = ToastInput & { id: number };

export interface ToastsProps {
  toasts: readonly ShownToast[];
  close: (id: number) => void;
}

/** Milliseconds until a toast goes by itself. One that offers something stays until a slow reader has reached it. */
const lifetime = ({ tone, action }: ToastInput): number => (action ? 30_000 : tone === 'error' ? 12_000 : 6000);

const ICON = {
  info: <Info className="text-accent" />,
  success: <CircleCheck className="text-status-completed" />,
  error: <CircleAlert className="text-status-failed" />,
};

/** The toasts that are shown, in the corner. */
export function Toasts({ toasts, close }: ToastsProps) {
  return (
    <Radix.Provider duration={6000} swipeDirection="right">
      {toasts.map((toast) => (
        <Radix.Root
          key={toast.id}
          type={toast.tone === 'error' ? 'foreground' : 'background'}
          duration={lifetime(toast)}
          onOpenChange={(open) => !open && close(toast.id)}
          className="grid animate-sheet grid-cols-[auto_1fr_auto] items-start gap-x-2.5 rounded-lg border border-line-strong bg-surface p-3 shadow-pop [&_svg]:size-4"
        >
          <span className="mt-0.5">{ICON[toast.tone ?? 'info']}</span>
          <div className="min-w-0 [overflow-wrap:anywhere]">
            <Radix.Title className="font-medium text-sm">{toast.title}</Radix.Title>
            {toast.detail ? <Radix.Description className="text-muted text-xs">{toast.detail}</Radix.Description> : null}
            {toast.action ? (
              <Radix.Action
                altText={toast.action.label}
                onClick={toast.action.onAction}
                className="mt-1 font-medium text-accent text-xs hover:underline"
              >
                {toast.action.label}
              </Radix.Action>
            ) : null}
          </div>
          <Radix.Close aria-label="Dismiss" className="rounded-sm p-0.5 text-muted hover:bg-hover hover:text-ink">
            <X />
          </Radix.Close>
        </Radix.Root>
      ))}
      <Radix.Viewport className="fixed right-4 bottom-4 z-50 flex w-92 max-w-[calc(100vw-32px)] flex-col gap-2 outline-none max-md:bottom-18" />
    </Radix.Provider>
  );
}
