'use client';

import { Download, WrapText } from 'lucide-react';
import { useMemo, useState } from 'react';
import { saveFile } from '@/components/shared/save-file';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { CopyButton } from '@/components/ui/copy-button';
import { formatBytes } from '@/components/ui/format';
import { stringifyJson } from '@/lib/contracts/json';

/** The most characters that are shown. Longer texts make scrolling slow. */
const SHOWN = 20_000;

interface PayloadProps {
  /** `input of #12`, for the button names */
  name: string;
  value: unknown;
  fileName: string;
}

/** A JSON value, always as plain text. A long one is truncated; the whole value can be copied, shown or saved. */
export function Payload({ name, value, fileName }: PayloadProps) {
  const text = useMemo(() => (typeof value === 'string' ? value : (stringifyJson(value, 2) ?? 'null')), [value]);
  const [all, setAll] = useState(false);
  const [wrap, setWrap] = useState(true);
  const cut = !all && text.length > SHOWN;
  return (
    <div className="overflow-hidden rounded-md border">
      <div className="flex h-8 items-center gap-1 border-b bg-canvas pr-1 pl-3 text-2xs text-muted">
        <span className="mr-auto">{formatBytes(new Blob([text]).size)}</span>
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label="Wrap lines"
          aria-pressed={wrap}
          onClick={() => setWrap(!wrap)}
        >
          <WrapText className={wrap ? 'text-accent' : undefined} />
        </Button>
        <CopyButton value={text} label={`Copy ${name}`} />
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={`Download ${name}`}
          onClick={() => saveFile(fileName, text, typeof value === 'string' ? 'text/plain' : 'application/json')}
        >
          <Download />
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section tabIndex={0} aria-label={name} className="max-h-[48dvh] overflow-auto p-3">
        <pre
          className={cn(
            'font-mono text-xs leading-5',
            wrap ? 'whitespace-pre-wrap [overflow-wrap:anywhere]' : 'whitespace-pre',
          )}
        >
          {cut ? text.slice(0, SHOWN) : text}
        </pre>
      </section>
      {cut ? (
        <p className="flex items-center gap-3 border-t px-3 py-1.5 text-muted text-xs">
          The first {formatBytes(SHOWN)} of {formatBytes(text.length)}
          <Button variant="link" size="sm" onClick={() => setAll(true)}>
            Show all
          </Button>
        </p>
      ) : null}
    </div>
  );
}
