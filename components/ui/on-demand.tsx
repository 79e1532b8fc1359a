'use client';

import { type ComponentType, lazy, Suspense, useState } from 'react';

/** A page that was just opened has its own data to read first. */
const AFTER_MS = 2000;

/** The mark in the browser's timeline from which on more is loaded than the page needs at first. */
const LOADING_MARK = 'load-demanded';

/** Calls this two seconds later, when the browser has time. @returns a function that calls it off */
export function whenIdle(work: () => unknown): () => void {
  let idle = 0;
  const begin = (): void => {
    performance.mark(LOADING_MARK);
    void work();
  };
  const timer = setTimeout(() => {
    // Safari has no idle callbacks.
    if ('requestIdleCallback' in globalThis) idle = requestIdleCallback(begin);
    else begin();
  }, AFTER_MS);
  return () => {
    clearTimeout(timer);
    if (idle) cancelIdleCallback(idle);
  };
}

/** What loads the components of the pages that were opened until now. */
const waiting = new Set<() => Promise<unknown>>();

/** Loads everything that is loaded on demand, of the modules that are there. A failure shows when it is asked for. */
export async function loadDemanded(): Promise<void> {
  while (waiting.size > 0) {
    const loads = [...waiting];
    waiting.clear();
    await Promise.allSettled(loads.map((load) => load()));
  }
}

/**
 * Returns a component that is loaded when it is asked for the first time, or before, when the page is idle.
 * @param isAsked whether it shows something; without it, it is asked for as soon as it is on the page
 */
export function onDemand<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  isAsked: (props: Props) => boolean = () => true,
): ComponentType<Props> {
  let known: ComponentType<Props> | null = null;
  const remember = async (): Promise<ComponentType<Props>> => {
    known = await load();
    return known;
  };
  waiting.add(remember);
  const Loading = lazy(async () => ({ default: await remember() })) as unknown as ComponentType<Props>;
  return function OnDemand(props: Props) {
    const [component, setComponent] = useState<{ Shown: ComponentType<Props> } | null>(null);
    if (!component && !isAsked(props)) return null;
    // What was loaded before shows at once. It stays the same component while it is on the page.
    const Shown = component?.Shown ?? known ?? Loading;
    if (!component) setComponent({ Shown });
    return (
      <Suspense fallback={null}>
        <Shown {...props} />
      </Suspense>
    );
  };
}
