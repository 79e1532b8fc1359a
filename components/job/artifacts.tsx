'use client';

import { ChevronRight, Download } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { formatBytes } from '@/components/ui/format';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import { describeError } from '@/lib/client/api';
import { links } from '@/lib/client/links';
import type { FileDto } from '@/lib/contracts/file';
import { ArtifactPreview } from './artifact-preview';

interface ArtifactsProps {
  artifacts: FileDto[] | undefined;
  error: Error | null;
}

/** The output files of a job, each with a preview and a download. */
export function Artifacts({ artifacts, error }: ArtifactsProps) {
  if (error && !artifacts) {
    return (
      <Notice tone="error" title="The files could not be read">
        {describeError(error)}
      </Notice>
    );
  }
  if (!artifacts) return <Skeleton className="h-9 w-full" />;
  if (artifacts.length === 0) return <p className="py-8 text-center text-muted text-sm">This job made no files.</p>;
  return (
    <ul className="overflow-hidden rounded-md border">
      {artifacts.map((file, i) => (
        <li key={file.fileId} className="border-b last:border-b-0">
          <details className="group" open={i === 0 && artifacts.length === 1}>
            <summary className="flex cursor-pointer list-none items-center gap-2 px-3 py-1.5 text-sm hover:bg-hover">
              <ChevronRight
                className="size-3.5 shrink-0 text-muted transition-transform duration-150 group-open:rotate-90"
                aria-hidden="true"
              />
              <span className="min-w-0 truncate font-mono text-xs" title={file.name}>
                {file.name}
              </span>
              <span className="shrink-0 text-muted text-xs">{formatBytes(file.size)}</span>
              <span className="ml-auto hidden min-w-0 truncate text-muted text-xs sm:block">{file.contentType}</span>
              <Button asChild variant="ghost" size="icon-sm" className="max-sm:ml-auto">
                <a href={links.file(file.fileId)} download aria-label={`Download ${file.name}`}>
                  <Download />
                </a>
              </Button>
            </summary>
            <div className="border-t bg-canvas p-3">
              <ArtifactPreview file={file} />
            </div>
          </details>
        </li>
      ))}
    </ul>
  );
}
