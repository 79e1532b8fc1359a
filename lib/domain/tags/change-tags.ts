import { isFields } from '@/lib/contracts/json';
import type { TagChange } from '@/lib/contracts/tag-change';
import { keyOfTag, tagsIn } from '@/lib/contracts/tags';
import { DomainError } from '@/lib/domain/errors';
import { checkMetadata } from '@/lib/domain/metadata';

/** Metadata with changed tags, or why they were not changed. */
export type Tagged =
  | { metadata: Record<string, unknown> | null }
  | { why: 'unchanged' | 'other-tags' | 'metadata-too-large' };

/** Adds and removes tags, in the order in which they were added. The other fields of the metadata stay. */
export function changeTags(metadata: unknown, { add, remove }: TagChange): Tagged {
  const { tags: given, ...others } = isFields(metadata) ? metadata : {};
  const before = tagsIn({ tags: given });
  if (given !== undefined && before.length !== (Array.isArray(given) ? given.length : 1)) return { why: 'other-tags' };
  const removed = new Set(remove.map(keyOfTag));
  const known = new Set(before.map(keyOfTag));
  const kept = before.filter((tag) => !removed.has(keyOfTag(tag)));
  const added = add.filter((tag) => !known.has(keyOfTag(tag)) && known.add(keyOfTag(tag)));
  if (kept.length === before.length && added.length === 0) return { why: 'unchanged' };
  const tags = [...kept, ...added];
  const next = tags.length > 0 ? { ...others, tags } : others;
  try {
    checkMetadata(next);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'invalid-metadata') return { why: 'metadata-too-large' };
    throw error;
  }
  return { metadata: Object.keys(next).length > 0 ? next : null };
}
