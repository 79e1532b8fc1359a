import { addItemsBody, addItemsQuery } from '@/lib/contracts/batch';
import type { LaunchItem } from '@/lib/domain/batch/check-items';
import { validate } from '@/lib/domain/validate';
import { readJson } from '@/lib/http/body';
import { DATA_BODY_BYTES, LIST_VALUES } from '@/lib/http/limits';
import { queryOf } from '@/lib/http/validate';
import { numbered, streamedItems } from './read-launch';

/**
 * Further items of a batch, from any of the three bodies of a launch.
 * @throws DomainError `invalid-request`, `invalid-json`, `payload-too-large`, `unsupported-media-type`
 */
export async function readAddition(
  request: Request,
  type: string,
): Promise<{ items: AsyncIterable<LaunchItem>; seal: boolean }> {
  const query = validate(addItemsQuery, queryOf(request), 'The query');
  const streamed = streamedItems(request, () => type);
  if (streamed) return { items: streamed, seal: query.seal ?? false };
  const body = validate(addItemsBody, (await readJson(request, DATA_BODY_BYTES, LIST_VALUES)) ?? {}, 'The body');
  return { items: numbered(body.items), seal: query.seal ?? body.seal };
}
