'use client';

import { useEffect, useRef, useState } from 'react';
import { formatBytes, formatCount } from '@/components/ui/format';
import { Skeleton } from '@/components/ui/skeleton';
import { describeError } from '@/lib/client/api';
import { links } from '@/lib/client/links';
import { useFileHead } from '@/lib/client/queries/jobs';
import type { FileDto } from '@/lib/contracts/file';
import { type FilePreview, previewKindOf, previewOf } from './file-preview';

/** Bytes that a preview reads from the file. */
const HEAD = 64 * 1024;
/** The maximum image size of a preview, in bytes. Larger images are only offered as a download. */
const MAX_IMAGE = 20 * 1024 ** 2;

/**
 * A preview of a file: images of a few types, tables, and text. All other files are shown as text or offered as a
 * download. Files that a browser would run or render as a page are never rendered.
 */
export function ArtifactPreview({ file }: { file: FileDto }) {
  const place = useRef<HTMLDivElement>(null);
  const seen = useSeen(place);
  const kind = previewKindOf(file.contentType);
  const head = useFileHead(file, HEAD, seen && (kind === 'text' || kind === 'table' || kind === 'json'));
  return (
    <div ref={place} className="min-h-8 min-w-0">
      {!seen ? null : file.size === 0 ? (
        <Plain>It is empty.</Plain>
      ) : kind === 'none' || (kind === 'image' && file.size > MAX_IMAGE) ? (
        <Plain>There is no preview of this kind of file. Download it to look at it.</Plain>
      ) : kind === 'image' ? (
        <img
          src={links.file(file.fileId)}
          alt={file.name}
          className="max-h-[48dvh] max-w-full rounded-sm object-contain"
        />
      ) : head.error ? (
        <Plain>It could not be read: {describeError(head.error)}</Plain>
      ) : head.data ? (
        <Read
          look={previewOf(head.data, kind, file.contentType, { cut: head.data.length < file.size })}
          file={file}
          read={head.data.length}
        />
      ) : (
        <Skeleton className="h-24 w-full" />
      )}
    </div>
  );
}

const Plain = ({ children }: { children: React.ReactNode }) => <p className="text-muted text-sm">{children}</p>;

function Read({ look, file, read }: { look: FilePreview; file: FileDto; read: number }) {
  const cut = read < file.size;
  return (
    <>
      {look.kind === 'table' ? (
        <div className="max-h-[48dvh] overflow-auto rounded-sm border bg-surface">
          <table className="min-w-full text-left text-xs">
            <thead className="sticky top-0 bg-canvas">
              <tr>
                {look.columns.map((name, i) => (
                  <th key={i} className="whitespace-nowrap border-b px-2 py-1 font-medium font-mono">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {look.rows.map((row, i) => (
                <tr key={i} className="border-b last:border-b-0">
                  {look.columns.map((_, at) => (
                    <td key={at} className="max-w-72 truncate whitespace-nowrap px-2 py-1" title={row[at]}>
                      {row[at]}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          tabIndex={0}
          className="max-h-[48dvh] overflow-auto whitespace-pre-wrap rounded-sm border bg-surface p-2 font-mono text-xs [overflow-wrap:anywhere]"
        >
          {look.text}
        </pre>
      )}
      <p className="mt-1.5 text-muted text-xs">
        {look.kind === 'table'
          ? `${cut || look.more ? 'The first ' : ''}${formatCount(look.rows.length, 'row')}`
          : null}
        {look.kind === 'text' && cut ? `The first ${formatBytes(read)} of ${formatBytes(file.size)}` : null}
      </p>
    </>
  );
}

/** Returns true once an element was on screen, so that a folded file is not fetched. */
function useSeen(place: React.RefObject<HTMLElement | null>): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (!element || seen) return;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) setSeen(true);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [place, seen]);
  return seen;
}
