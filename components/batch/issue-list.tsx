import { formatNumber } from '@/components/ui/format';
import type { InputIssue } from '@/lib/contracts/errors';

/** A list of invalid rows with their row numbers and errors. */
export function IssueList({ issues, of }: { issues: readonly InputIssue[]; of: string }) {
  if (issues.length === 0) return null;
  return (
    <div className="max-h-72 overflow-auto rounded-md border">
      <table className="w-full text-left text-sm">
        <thead className="sticky top-0 bg-canvas text-muted text-xs">
          <tr>
            <th className="whitespace-nowrap px-3 py-1.5 font-medium">{of}</th>
            <th className="px-3 py-1.5 font-medium">Column</th>
            <th className="px-3 py-1.5 font-medium">What to correct</th>
          </tr>
        </thead>
        <tbody>
          {issues.map(({ row, path, message }) => (
            <tr key={`${row} ${path} ${message}`} className="border-t align-top">
              <td className="px-3 py-1.5 font-mono text-xs">{row === undefined ? '' : formatNumber(row)}</td>
              <td className="px-3 py-1.5 font-mono text-xs [overflow-wrap:anywhere]">{path}</td>
              <td className="px-3 py-1.5 [overflow-wrap:anywhere]">{message}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
