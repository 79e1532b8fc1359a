'use client';

import { Panel } from '@/components/ui/panel';
import { useViewer } from '@/lib/client/queries/system';

/** The signed-in user's name, address and organization. */
export function Profile() {
  const { data: viewer } = useViewer();
  if (!viewer) return null;
  const facts = [
    ['Name', viewer.name],
    ['E-mail', viewer.email ?? 'none'],
    ['Organization', viewer.organization.name],
    ['Role', viewer.role],
  ];
  return (
    <Panel title="You">
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 text-sm">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="min-w-0 [overflow-wrap:anywhere]">{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
