import { AT_CAPACITY, NO_WORKERS, QUEUE_AWAY } from '@/catalogue/fixtures';
import { IMPORTS, ISSUES } from '@/catalogue/import-fixtures';
import { pending, problem, unreachable } from '@/catalogue/server';
import type { Story } from '@/catalogue/story';
import { LaunchPage } from '@/components/launch/launch-page';
import { OPTION_FIELDS } from '@/components/shared/option-fields';
import { Page } from '@/components/ui/panel';
import type { ImportDto } from '@/lib/contracts/import';

const page = (query: string, routes: Story['routes'] = {}, more: Partial<Story> = {}): Story => ({
  render: () => (
    <Page>
      <LaunchPage optionFields={OPTION_FIELDS} />
    </Page>
  ),
  path: `/batches/new${query}`,
  routes,
  ...more,
});
const table = (found: ImportDto): Story =>
  page('?type=diagnostic&import=i1', {
    'GET /imports/i1': { import: found },
    'GET /imports/i1/issues': { issues: found.bad > 0 ? ISSUES : [], nextCursor: null },
  });

export const NothingChosen = page('');
export const LoadingTypes = page('', { 'GET /job-types': pending });
export const TypesUnreadable = page('', {
  'GET /job-types': problem(400, 'invalid-request', 'The job types could not be read.'),
});
export const Rows = page('?type=diagnostic');
export const RowsOnPhone = page('?type=diagnostic', {}, { phone: true });
export const Form = page('?type=bulk-operation');
export const Files = page('?type=document-processing');
export const AtCapacity = page('?type=diagnostic', { 'GET /capacity': AT_CAPACITY });
export const LaunchRefused = page('?type=diagnostic', {
  'POST /batches': problem(429, 'capacity-reached', 'No slot is free.', { retryAfter: 5 }),
});
export const NoWorkers = page('?type=diagnostic', { 'GET /capacity': NO_WORKERS });
export const QueueAway = page('?type=diagnostic', { 'GET /capacity': QUEUE_AWAY });
export const Offline = page('?type=diagnostic', { 'GET /events': unreachable });
export const TableReading = table(IMPORTS.reading);
export const TableToMap = table(IMPORTS.ready);
export const TableOfCalls = table({
  ...IMPORTS.ready,
  fields: [
    { path: 'url', kind: 'text', required: true, main: true, description: 'where to call', choices: [] },
    { path: 'headers', kind: 'json', required: false, main: false, description: null, choices: [] },
    { path: 'text', kind: 'text', required: false, main: false, description: null, choices: [] },
  ],
  mapping: { text: { from: 'constant', value: 'hello' } },
  suggested: [],
});
export const TableChecking = table(IMPORTS.checking);
export const TableChecked = table(IMPORTS.checked);
export const TableUnreadable = table(IMPORTS.unreadable);
export const TableGone = page('?type=diagnostic&import=i1', {
  'GET /imports/i1': problem(404, 'not-found', 'There is no such import.'),
});
