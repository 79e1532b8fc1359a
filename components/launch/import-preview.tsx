'use client';

import { formatCount } from '@/components/ui/format';
import { cellText } from '@/lib/contracts/cell';
import type { ImportDto } from '@/lib/contracts/import';

const COLUMNS = 60;

/** The first rows as they were parsed. */
export function ImportPreview({ found }: { found: ImportDto }) {
  const columns = found.columns.filter((name) => found.preview.some((row) => name in row)).slice(0, COLUMNS);
  const hidden = found.columns.length - columns.length;
  return (
    <section
      aria-label="First rows"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      className="max-h-56 overflow-auto rounded-md border"
    >
      <table className="w-full border-separate border-spacing-0 text-xs">
        <thead>
          <tr>
            <th scope="col" className="sticky top-0 left-0 z-2 w-px border-r border-b bg-canvas px-2 py-1 text-right">
              <span className="sr-only">Row</span>
            </th>
            {columns.map((name) => (
              <th
                key={name}
                scope="col"
                className="sticky top-0 z-1 max-w-64 truncate border-b bg-canvas px-2 py-1 text-left font-medium"
                title={name}
              >
                {name}
              </th>
            ))}
            {hidden > 0 ? (
              <th scope="col" className="sticky top-0 border-b bg-canvas px-2 py-1 text-left font-normal text-muted">
                {formatCount(hidden, 'more column')}
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody className="font-mono">
          {found.preview.map((row, i) => (
            <tr key={i}>
              <td className="sticky left-0 border-r border-b bg-canvas px-2 py-0.5 text-right text-muted">{i + 1}</td>
              {columns.map((name) => {
                const text = cellText(row[name]);
                return (
                  <td key={name} className="max-w-64 truncate border-b px-2 py-0.5" title={text}>
                    {text}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
