/** Equal tags have equal keys. */
export const keyOfTag = (text: string): string => text.toLowerCase();

/** Returns the tags of metadata: a list of texts, or a single text. */
export const tagsIn = (metadata: unknown): string[] => {
  const tagged = (metadata ?? {}) as { tags?: unknown };
  return (Array.isArray(tagged.tags) ? tagged.tags : [tagged.tags]).filter((each) => typeof each === 'string');
};

/** Reads tags that somebody typed, separated by commas. */
export const readTags = (typed: string): string[] =>
  [...new Set(typed.split(',').map((each) => each.trim()))].filter(Boolean);
