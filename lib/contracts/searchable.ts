/** Maximum number of searchable fields of a launch, with those of its job type. */
export const MAX_SEARCHABLE = 5;

export const MAX_SEARCHABLE_LENGTH = 100;
/** A field of an input: a name, or names with dots between the levels. */
export const SEARCHABLE_FIELD = /^[^\s".:*,]+(?:\.[^\s".:*,]+)*$/;

/** Tells whether a field of an input can be made searchable by this name. */
export const isSearchableField = (name: string): boolean =>
  name.length <= MAX_SEARCHABLE_LENGTH && SEARCHABLE_FIELD.test(name);
