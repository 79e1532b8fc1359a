'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button, type ButtonProps } from './button';

interface CopyButtonProps extends Omit<ButtonProps, 'onClick' | 'value'> {
  value: string | (() => string | Promise<string>);
  /** names what is copied: `Copy job id` */
  label: string;
  /** shows the label; otherwise it is an icon with a name */
  withText?: boolean;
}

/** Copies text to the clipboard and confirms it. */
export function CopyButton({ value, label, withText, ...props }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 1600);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof value === 'function' ? await value() : value);
      setState('copied');
    } catch {
      // Browsers block the clipboard on plain http. The label shows the failure.
      setState('failed');
    }
  };
  const text = { idle: label, copied: 'Copied', failed: 'The browser refused the clipboard' }[state];
  return (
    <Button
      variant="ghost"
      size={withText ? 'sm' : 'icon-sm'}
      aria-label={withText ? undefined : text}
      title={withText ? undefined : text}
      onClick={copy}
      {...props}
    >
      {state === 'copied' ? <Check className="text-status-completed" /> : <Copy />}
      {withText ? text : null}
      <span role="status" className="sr-only">
        {state === 'idle' ? '' : text}
      </span>
    </Button>
  );
}
