import { MEMBER } from '@/catalogue/fixtures';
import { quiet } from '@/catalogue/history-fixtures';
import { pending, problem } from '@/catalogue/server';
import type { Story } from '@/catalogue/story';
import { HistoryPage } from '@/components/history/history-page';
import { Page } from '@/components/ui/panel';

const page = (query: string, routes: Story['routes'] = {}, more: Partial<Story> = {}): Story => ({
  render: () => (
    <Page>
      <h1 className="sr-only">History</h1>
      <HistoryPage />
    </Page>
  ),
  path: `/history${query}`,
  routes,
  ...more,
});

export const LastHour = page('');
export const LastHourOnPhone = page('', {}, { phone: true });
export const WeekCompared = page('?range=7d&compare=before&type=diagnostic');
export const AsTable = page('?range=24h&as=table');
export const OwnRange = page('?from=2026-01-05T00:00:00Z&to=2026-02-05T00:00:00Z', {}, { viewer: MEMBER });
export const Quiet = page('', { 'GET /history': quiet });
export const Loading = page('', { 'GET /history': pending });
export const Unreadable = page('', { 'GET /history': problem(503, 'unavailable', 'The database is away.') });
