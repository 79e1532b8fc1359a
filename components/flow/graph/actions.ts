'use client';

import { createContext, use } from 'react';

export interface GraphActions {
  /** opens a job; null where nothing has been launched yet */
  open: ((jobId: string) => void) | null;
  /** shows some more children of a node */
  unfold: (parentId: string) => void;
  fold: (parentId: string) => void;
}

export const GraphActionsContext = createContext<GraphActions | null>(null);

/** What cards can do. @throws outside of a graph */
export function useGraphActions(): GraphActions {
  const actions = use(GraphActionsContext);
  if (!actions) throw new Error('A card needs the graph around it.');
  return actions;
}
