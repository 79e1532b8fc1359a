'use client';

import * as Slot from 'radix-ui/slot';
import {
  createContext,
  type ReactNode,
  type SyntheticEvent,
  use,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { onDemand } from './on-demand';
import type { ArmedTooltip, ShownTooltip } from './overlays/tooltips';

const Tooltips = onDemand(() => import('./overlays/tooltips').then((module) => module.Tooltips));

/** One that opens, and those before it that still close. */
const MOST_ARMED = 3;

interface Host {
  arm(tooltip: ArmedTooltip): void;
  update(id: string, shown: ShownTooltip): void;
  drop(id: string): void;
}

const HostContext = createContext<Host | null>(null);

/** Shows the tooltips of everything below it. What shows them is loaded when the first one is needed. */
export function TooltipProvider({ children }: { children: ReactNode }) {
  const [armed, setArmed] = useState<readonly ArmedTooltip[]>([]);
  const host = useMemo<Host>(
    () => ({
      arm: (tooltip) =>
        setArmed((before) => {
          const same = before.find(({ id }) => id === tooltip.id);
          if (same?.element === tooltip.element) return before;
          return [...before.filter(({ id }) => id !== tooltip.id), tooltip].slice(-MOST_ARMED);
        }),
      update: (id, shown) =>
        setArmed((before) => before.map((each) => (each.id === id ? { ...each, ...shown } : each))),
      drop: (id) => setArmed((before) => before.filter((each) => each.id !== id)),
    }),
    [],
  );
  return (
    <HostContext value={host}>
      {children}
      {armed.length > 0 ? <Tooltips armed={armed} /> : null}
    </HostContext>
  );
}

interface TooltipProps {
  content: ReactNode;
  children: ReactNode;
  side?: ShownTooltip['side'];
  className?: string | undefined;
}

/** A short explanation on hover and focus. The child must be focusable. */
export function Tooltip({ content, children, side = 'top', className }: TooltipProps) {
  if (!content) return children;
  return (
    <Armable content={content} side={side} className={className}>
      {children}
    </Armable>
  );
}

function Armable({ content, side, className, children }: ShownTooltip & { children: ReactNode }) {
  const host = use(HostContext);
  if (!host) throw new Error('Tooltip needs a TooltipProvider above it');
  const id = useId();
  const isArmed = useRef(false);
  const arm = ({ currentTarget }: SyntheticEvent<HTMLElement>) => {
    isArmed.current = true;
    host.arm({ id, element: currentTarget, content, side, className });
  };
  useEffect(() => {
    if (isArmed.current) host.update(id, { content, side, className });
  }, [host, id, content, side, className]);
  useEffect(
    () => () => {
      if (isArmed.current) host.drop(id);
    },
    [host, id],
  );
  return (
    <Slot.Root onPointerEnter={arm} onFocus={arm}>
      {children}
    </Slot.Root>
  );
}
