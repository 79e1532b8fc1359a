import { formatCount, formatNumber } from '@/components/ui/format';
import { Notice } from '@/components/ui/notice';
import type { EditResult } from '@/lib/contracts/correction';
import { stringifyJson } from '@/lib/contracts/json';

/** The first items before and after the edit, and how many items would change. */
export function EditPreview({ result, fields }: { result: EditResult; fields: readonly string[] }) {
  const { retried, changed, invalid, preview } = result;
  return (
    <section aria-label="Preview" className="flex min-w-0 flex-col gap-2">
      {invalid > 0 ? (
        <Notice tone="error" title={`${formatCount(invalid, 'item')} would be invalid`}>
          Nothing changes until all of them are valid. {formatCount(retried, 'item')} would be.
        </Notice>
      ) : (
        <Notice tone="success" title={`${formatCount(retried, 'item')} ${retried === 1 ? 'is' : 'are'} valid`}>
          {changed === retried
            ? 'All of them change.'
            : `${formatNumber(changed)} change, the others stay as they are.`}
        </Notice>
      )}
      <div className="max-h-80 overflow-auto rounded-md border">
        <table className="w-full text-left text-xs">
          <thead className="sticky top-0 bg-canvas text-muted">
            <tr>
              <th className="px-3 py-1.5 font-medium">#</th>
              <th className="px-3 py-1.5 font-medium">Field</th>
              <th className="w-1/2 px-3 py-1.5 font-medium">Before</th>
              <th className="w-1/2 px-3 py-1.5 font-medium">After</th>
            </tr>
          </thead>
          <tbody>
            {preview.flatMap(({ row, before, after, issues }) =>
              fields.map((field, i) => (
                <tr key={`${row} ${field}`} className="border-t align-top">
                  <td className="px-3 py-1.5 font-mono">{i === 0 ? formatNumber(row) : ''}</td>
                  <td className="px-3 py-1.5 font-mono">{field}</td>
                  <td className="px-3 py-1.5 text-muted">
                    <Value of={before} field={field} />
                  </td>
                  <td className="px-3 py-1.5">
                    <Value of={after} field={field} />
                    {issues
                      .filter(
                        ({ path }) =>
                          path === field || path.startsWith(`${field}.`) || (i === 0 && !fields.includes(path)),
                      )
                      .map(({ path, message }) => (
                        <span key={`${path} ${message}`} className="block text-status-failed">
                          {path === field ? '' : `${path} `}
                          {message}
                        </span>
                      ))}
                  </td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
      {preview.length < retried + invalid ? (
        <p className="text-muted text-xs">
          The first {preview.length === 1 ? 'one is' : `${formatNumber(preview.length)} are`} shown.
        </p>
      ) : null}
    </section>
  );
}

function Value({ of, field }: { of: unknown; field: string }) {
  const value = typeof of === 'object' && of !== null ? (of as Record<string, unknown>)[field] : undefined;
  if (value === undefined) return <span className="text-faint italic">not set</span>;
  return (
    <code className="line-clamp-4 whitespace-pre-wrap font-mono [overflow-wrap:anywhere]">{stringifyJson(value)}</code>
  );
}
