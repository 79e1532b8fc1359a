import { z } from 'zod';
import { keyOfTag } from './tags';
import { line } from './text';

/** Tags of one change, and characters of a tag. */
const MAX_TAGS = 20;
const MAX_TAG = 64;

const tag = line(MAX_TAG)
  .refine((text) => text !== '', 'must not be empty')
  .refine((text) => !text.includes(','), 'must not have a comma, which separates tags');
const tags = z.array(tag).max(MAX_TAGS);

/** Which tags are added and removed. Tags are equal regardless of case, as in a query. */
export const tagChange = z
  .strictObject({
    add: tags.default([]).describe('an item that has one of them keeps it as it is'),
    remove: tags.default([]).describe('regardless of case'),
  })
  .superRefine(({ add, remove }, { addIssue }) => {
    const refuse = (path: 'add' | 'remove', message: string) => addIssue({ code: 'custom', path: [path], message });
    if (add.length + remove.length === 0) refuse('add', 'has no tag, and neither has remove: give at least one');
    const removed = new Set(remove.map(keyOfTag));
    const both = add.find((each) => removed.has(keyOfTag(each)));
    if (both !== undefined) refuse('remove', `has ${both}, which is to be added too`);
  });
export type TagChange = z.output<typeof tagChange>;
