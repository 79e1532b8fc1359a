import type { Metadata } from 'next';
import { Members } from '@/components/settings/members/members';
import { SettingsSection } from '@/components/settings/settings-section';

export const metadata: Metadata = { title: 'Members' };

export default function MembersPage() {
  return (
    <SettingsSection title="Members" lead="The people of this organization, and what each of them may do.">
      <Members />
    </SettingsSection>
  );
}
