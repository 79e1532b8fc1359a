'use client';

import Link from 'next/link';
import { formatNumber } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { endedParts, Progress } from '@/components/ui/progress';
import { TypeTitle } from '@/components/ui/type-title';
import { useStats } from '@/lib/client/queries/jobs';

/** Job statistics by job type. */
export function ByTypePanel() {
  const { data: stats } = useStats();
  const rows = Object.entries(stats?.byType ?? {}).sort(([, a], [, b]) => b.total - a.total);
  if (rows.length === 0) return null;
  return (
    <Panel title="By job type" flush>
      <ul>
        {rows.map(([type, counts]) => (
          <li key={type} className="relative border-b px-3 py-2 last:border-b-0 hover:bg-hover">
            <div className="mb-1.5 flex items-baseline gap-2">
              <Link
                href={`/jobs?type=${encodeURIComponent(type)}`}
                className="min-w-0 flex-1 truncate after:absolute after:inset-0"
              >
                <TypeTitle type={type} />
              </Link>
              <span className="text-muted text-xs">{formatNumber(counts.total)}</span>
            </div>
            <Progress
              size="sm"
              label={`Outcomes of ${type}`}
              total={counts.total}
              parts={[
                ...endedParts({ ...counts, status: 'in-progress', cancelMode: null }),
                { status: 'active', value: counts.active },
              ]}
            />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
