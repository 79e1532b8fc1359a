export * from './catalogue';
export type { JobTypeDefinition } from './definition';
