'use client';

import { useReactFlow } from '@xyflow/react';
import { Crosshair, Maximize, Minus, Plus } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import type { useCamera } from './use-camera';
import type { Follow } from './use-follow';

interface GraphToolbarProps {
  camera: ReturnType<typeof useCamera>;
  follow: Follow;
  running: boolean;
}

/** Controls for zoom, fit, and following the running job. */
export function GraphToolbar({ camera, follow, running }: GraphToolbarProps) {
  const { zoomIn, zoomOut } = useReactFlow();
  return (
    <div className="absolute top-3 right-3 z-5 flex gap-1">
      {running ? (
        <Button
          size="sm"
          aria-pressed={follow.on}
          onClick={follow.toggle}
          className={cn(follow.on && 'border-accent bg-selected text-accent')}
        >
          <Crosshair /> Follow
        </Button>
      ) : null}
      <span className="flex rounded-md border border-line-strong bg-surface">
        <Button variant="ghost" size="icon-sm" aria-label="Zoom out" onClick={() => void zoomOut({ duration: 140 })}>
          <Minus />
        </Button>
        <Button variant="ghost" size="icon-sm" aria-label="Zoom in" onClick={() => void zoomIn({ duration: 140 })}>
          <Plus />
        </Button>
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label="Show the whole tree"
          title="Show the whole tree"
          onClick={() => camera.fitWhole(140)}
        >
          <Maximize />
        </Button>
      </span>
    </div>
  );
}
