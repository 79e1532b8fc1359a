import { AUDIT_ENTRIES } from '@/catalogue/audit-fixtures';
import { ADMIN, ago } from '@/catalogue/fixtures';
import { pending, problem } from '@/catalogue/server';
import type { Story } from '@/catalogue/story';
import { AuditExport, AuditLog } from '@/components/settings/audit/audit-log';
import { SettingsSection } from '@/components/settings/settings-section';
import { ActivityLine, ActivityList, ActivityPanel } from '@/components/shared/activity';
import { Page } from '@/components/ui/panel';

const actors = { actors: [...new Map(AUDIT_ENTRIES.map(({ actor }) => [actor.id, actor])).values()] };
const log = (answer: unknown, more: Partial<Story> = {}): Story => ({
  render: () => (
    <Page>
      <SettingsSection title="Audit log" lead="Who did what, and when." actions={<AuditExport />}>
        <AuditLog />
      </SettingsSection>
    </Page>
  ),
  routes: { 'GET /audit': answer, 'GET /audit/actors': actors },
  ...more,
});
const entries = { entries: AUDIT_ENTRIES, nextCursor: null };
const none = { entries: [], nextCursor: null };

export const Log = log(entries);
export const LogOnPhone = log(entries, { phone: true });
export const LogFiltered = log(entries, { path: '/settings/audit?actor=u1&what=batch&from=2026-03-01' });
export const LogEmpty = log(none);
export const LogNoMatch = log(none, { path: '/settings/audit?what=member' });
export const LogLoading = log(pending);
export const LogUnreadable = log(problem(400, 'invalid-request', 'The log could not be searched.'));
export const LogForbidden = log(entries, { viewer: { ...ADMIN, role: 'operator' } });

const activity = (render: Story['render'], answer: unknown = entries): Story => ({
  render,
  routes: { 'GET /batches/*/activity': answer, 'GET /jobs/*/activity': answer, 'GET /flows/*/activity': answer },
});
const few = { entries: [{ ...AUDIT_ENTRIES[0], at: ago(5) }], nextCursor: null };

export const ActivityOfBatch = activity(() => <ActivityPanel kind="batch" id="b1" moved="" />);
export const ActivityOfNewBatch = activity(() => <ActivityPanel kind="batch" id="b1" moved="" />, few);
export const ActivityOfJob = activity(() => <ActivityList kind="job" id="j1" moved="" />);
export const ActivityOfFlow = activity(() => <ActivityLine kind="flow" id="f1" moved="" />);
