import type { Metadata } from 'next';
import { AuditExport, AuditLog } from '@/components/settings/audit/audit-log';
import { SettingsSection } from '@/components/settings/settings-section';

export const metadata: Metadata = { title: 'Audit log' };

export default function AuditPage() {
  return (
    <SettingsSection
      title="Audit log"
      lead="Who did what, and when. Entries can’t be changed."
      actions={<AuditExport />}
    >
      <AuditLog />
    </SettingsSection>
  );
}
