import { ago } from '@/catalogue/fixtures';
import type { Story } from '@/catalogue/story';
import { Exports } from '@/components/settings/exports';
import type { ExportDto } from '@/lib/contracts/privacy';

const FILE = { fileId: 'f1', name: 'personal-data.zip', size: 48_213, contentType: 'application/zip', sha256: 'a' };
const EXPORTS: ExportDto[] = [
  { id: 'e1', of: 'organization', status: 'active', createdAt: ago(20), file: null },
  { id: 'e2', of: 'me', status: 'completed', createdAt: ago(3600), file: FILE },
  { id: 'e3', of: 'me', status: 'completed', createdAt: ago(864_000), file: null },
  { id: 'e4', of: 'organization', status: 'failed', createdAt: ago(864_000), file: null },
];

const story = (rest: Partial<Story> = {}): Story => ({
  path: '/settings/privacy',
  render: () => <Exports />,
  routes: { 'GET /privacy/exports': { exports: EXPORTS, nextCursor: null } },
  ...rest,
});

export const ExportsList = story();
export const ExportsOnPhone = story({ phone: true });
export const NoExports = story({ routes: {} });
