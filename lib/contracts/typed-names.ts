/**
 * What the job types take, by their name. It is empty here, and any name can be launched: `.batchyard/types.d.ts` of a yard
 * adds the types of its job files and those of the product, and a declaration of one's own adds those of other machines.
 */
// biome-ignore lint/suspicious/noEmptyInterface: others add to it, which only an interface allows
export interface JobTypes {}

/** The name of a job type: every text where none is declared. */
export type TypeName = keyof JobTypes extends never ? string : keyof JobTypes & string;

/** One item of a type. */
export type ItemOf<Name> = Name extends keyof JobTypes ? JobTypes[Name] : unknown;
