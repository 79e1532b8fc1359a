'use client';

import '@xyflow/react/dist/base.css';
import { ReactFlow, ReactFlowProvider, useReactFlow, useStore } from '@xyflow/react';
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { formatCount } from '@/components/ui/format';
import { STATUS_LOOK } from '@/components/ui/status';
import { useThemeColors } from '@/components/ui/use-theme-colors';
import { type GraphActions, GraphActionsContext } from './actions';
import { CanvasLayer } from './canvas-layer';
import { FanCard } from './fan-card';
import { GraphToolbar } from './graph-toolbar';
import { JobCard } from './job-card';
import { type Layout, layoutOf, relabel } from './layout';
import { Minimap } from './minimap';
import { type Direction, neighbor } from './neighbor';
import { COLOR_NAMES, FAR } from './paint';
import { useCamera } from './use-camera';
import { useFollow } from './use-follow';
import { type GraphNode, useNodes } from './use-nodes';
import type { Item, JobItem } from './view';
import { sayFan } from './view';

const NODE_TYPES = { job: JobCard, fan: FanCard };
const NO_NODES: GraphNode[] = [];
const DIRECTIONS = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End']);
/** The least number of nodes for which the graph shows a minimap. */
const MAP_FROM = 12;

export interface FlowGraphProps extends GraphActions {
  /** accessible name of the graph */
  label: string;
  root: JobItem;
  /** parents whose next children are loading */
  loading: ReadonlySet<string>;
  /** jobs are unfinished: offers to follow the running job */
  running: boolean;
  /** fits the graph to the view after each change until the user moves it; for drafts */
  refits?: boolean;
}

/** A tree of jobs with pan and zoom. Jobs that run first are on the left. Arrows move, Enter opens, + and - zoom. */
export function FlowGraph(props: FlowGraphProps) {
  return (
    <ReactFlowProvider>
      <Graph {...props} />
    </ReactFlowProvider>
  );
}

function Graph({ label, root, loading, running, refits, open, unfold, fold }: FlowGraphProps) {
  const layout = useLayout(root);
  const [current, setCurrent] = useState<string | null>(null);
  const nodes = useNodes(layout, current, loading);
  const far = useStore((state) => state.transform[2] < FAR);
  const ready = useStore((state) => state.width > 0);
  const colors = useThemeColors(COLOR_NAMES);
  const camera = useCamera(layout);
  const follow = useFollow(layout, running, camera.show);
  const [anchor, setAnchor] = useState<string | null>(null);
  const actions = useMemo(
    () => ({
      open,
      unfold: (id: string) => {
        setAnchor(id);
        unfold(id);
      },
      fold: (id: string) => {
        setAnchor(id);
        fold(id);
      },
    }),
    [open, unfold, fold],
  );

  // Fits once, when the size is known. Later the view stays where the user put it.
  const fitted = useRef(false);
  const moved = useRef(false);
  useEffect(() => {
    if (!ready || (fitted.current && (!refits || moved.current))) return;
    fitted.current = true;
    camera.fitReadable();
  }, [ready, camera, refits]);
  useKeepInPlace(layout, anchor);

  const at = current === null ? undefined : layout.placed[layout.indexOf.get(current) ?? 0];
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (DIRECTIONS.has(event.key)) {
      event.preventDefault();
      const from = at ? (layout.indexOf.get(at.item.id) ?? 0) : -1;
      const to = layout.placed[from < 0 ? 0 : neighbor(layout, from, event.key as Direction)];
      if (!to) return;
      follow.stop();
      setCurrent(to.item.id);
      camera.show(to);
    } else if (at && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
      if (at.item.kind === 'fan') actions.unfold(at.item.parentId);
      else open?.(at.item.id);
    } else if (at && event.key === 'Backspace') {
      event.preventDefault();
      actions.fold(at.item.kind === 'fan' ? at.item.parentId : at.item.id);
    }
  };
  return (
    <GraphActionsContext value={actions}>
      <div className="relative size-full">
        <ReactFlow<GraphNode>
          tabIndex={0}
          aria-label={`${label}. Arrow keys move along the tree, Enter opens, Backspace folds. The list shows the same as text.`}
          data-graph={layout.placed.length}
          onKeyDown={onKeyDown}
          onBlur={() => setCurrent(null)}
          nodes={far ? NO_NODES : nodes}
          nodeTypes={NODE_TYPES}
          onlyRenderVisibleElements
          minZoom={0.02}
          maxZoom={1.75}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          deleteKeyCode={null}
          zoomOnDoubleClick={false}
          panOnScroll
          attributionPosition="bottom-left"
          className="rounded-md outline-offset-[-2px] [--xy-attribution-background-color:transparent]"
          onMoveStart={(event) => {
            // Camera moves by code have no event; only moves by the user count.
            if (!event) return;
            moved.current = true;
            follow.stop();
          }}
        >
          <CanvasLayer layout={layout} colors={colors} />
          {layout.placed.length >= MAP_FROM ? <Minimap layout={layout} colors={colors} /> : null}
          <GraphToolbar camera={camera} follow={follow} running={running} />
        </ReactFlow>
        <p aria-live="polite" className="sr-only">
          {at ? describeItem(at.item) : ''}
        </p>
      </div>
    </GraphActionsContext>
  );
}

/** Returns the layout of a tree. Status changes do not compute new positions. */
function useLayout(root: JobItem): Layout {
  const [held, setHeld] = useState(() => ({ root, layout: layoutOf(root) }));
  if (held.root === root) return held.layout;
  const layout = relabel(held.layout, root) ?? layoutOf(root);
  setHeld({ root, layout });
  return layout;
}

/** Keeps the root at the same place on the screen when nodes are folded or unfolded. */
export function useKeepInPlace(layout: Layout, anchor: string | null): void {
  const { getViewport, setViewport } = useReactFlow();
  const before = useRef(layout);
  useLayoutEffect(() => {
    const held = before.current;
    before.current = layout;
    if (held === layout) return;
    const id = anchor ?? '';
    const old = held.placed[held.indexOf.get(id) ?? 0];
    const now = layout.placed[layout.indexOf.get(id) ?? 0];
    if (!old || !now || old.item.id !== now.item.id || (old.x === now.x && old.y === now.y)) return;
    const { x, y, zoom } = getViewport();
    void setViewport({ x: x - (now.x - old.x) * zoom, y: y - (now.y - old.y) * zoom, zoom });
  }, [layout, anchor, getViewport, setViewport]);
}

/** Returns the text for screen readers: `build, completed, waits for 2 jobs`. */
export function describeItem(item: Item): string {
  if (item.kind === 'fan') {
    const more = `${formatCount(item.count, 'job')}${item.whole ? '' : ' more'}`;
    return item.planned ? more : `${more}: ${sayFan(item)}`;
  }
  const { name, type, status, childCount } = item.node;
  return [
    name,
    status ? STATUS_LOOK[status].word : type,
    childCount > 0 ? `waits for ${formatCount(childCount, 'job')}` : null,
  ]
    .filter((part) => part !== null)
    .join(', ');
}
