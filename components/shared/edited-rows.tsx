import { formatNumber } from '@/components/ui/format';
import type { EditedRow } from '@/lib/contracts/correction';
import { stringifyJson } from '@/lib/contracts/json';

/** Rows of an edit before and after, with what would be wrong about them. */
export function EditedRows({ rows, fields }: { rows: readonly EditedRow[]; fields: readonly string[] }) {
  return (
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
          {rows.flatMap(({ row, jobId, before, after, issues }) =>
            fields.map((field, i) => (
              <tr key={`${jobId} ${field}`} className="border-t align-top">
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
  );
}

function Value({ of, field }: { of: unknown; field: string }) {
  const value = typeof of === 'object' && of !== null ? (of as Record<string, unknown>)[field] : undefined;
  if (value === undefined) return <span className="text-faint italic">not set</span>;
  return (
    <code className="line-clamp-4 whitespace-pre-wrap font-mono [overflow-wrap:anywhere]">{stringifyJson(value)}</code>
  );
}
