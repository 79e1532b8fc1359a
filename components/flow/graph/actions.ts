'use client';

import { createContext, use } from 'react';

export interface GraphActions {
  /** opens a job; null before the launch */
  open: ((jobId: string) => void) | null;
  /** shows more children of a node */
  unfold: (parentId: string) => void;
  fold: (parentId: string) => void;
}

export const GraphActionsContext = createContext<GraphActions | null>(null);

/** Returns the actions of the graph's cards. @throws Error outside of a graph */
export function useGraphActions(): GraphActions {
  const actions = use(GraphActionsContext);
  if (!actions) throw new Error('A card needs the graph around it.');
  return actions;
}
