import { z } from 'zod';
import { perProcess } from '@/lib/config/per-process';
import type { JobTypeDefinition } from './definition';
import { knownInputs } from './workflow/known';

declare const own: unique symbol;

/** The checked name of a type that an own job file or a package brings. */
export type OwnType = string & { readonly [own]: true };

/** What the process knows of own types: all of them by name, and those whose code it has loaded. */
interface OwnTypes {
  announced: Map<string, JobTypeDefinition>;
  loaded: Map<string, JobTypeDefinition>;
}

const registry = perProcess<OwnTypes>('own-types', () => ({ announced: new Map(), loaded: new Map() }));

/** Returns the definition of an own type. Code that this process has loaded comes before what a worker announced. */
export function ownDefinition(type: string): JobTypeDefinition | undefined {
  const { announced, loaded } = registry.get();
  return loaded.get(type) ?? announced.get(type);
}

/** Returns the names of all own types that this process knows. */
export function ownTypes(): OwnType[] {
  const { announced, loaded } = registry.get();
  return [...new Set([...announced.keys(), ...loaded.keys()])] as OwnType[];
}

/** Returns the own types whose code this process has loaded: the ones that it can run. */
export const loadedTypes = (): OwnType[] => [...registry.get().loaded.keys()] as OwnType[];

/** Replaces what the workers announced. */
export function setAnnounced(definitions: Iterable<JobTypeDefinition>): void {
  replace('announced', definitions);
}

/** Replaces the types whose code this process has loaded. */
export function setLoaded(definitions: Iterable<JobTypeDefinition>): void {
  replace('loaded', definitions);
}

function replace(part: keyof OwnTypes, definitions: Iterable<JobTypeDefinition>): void {
  const types = registry.get();
  types[part] = new Map([...definitions].map((definition) => [definition.type, definition]));
  for (const type of ownTypes()) knownInputs.set(type, (ownDefinition(type) as JobTypeDefinition).input);
}

/** Returns the schema that a JSON Schema describes. @throws if it can't be read */
export const schemaOf = (described: Record<string, unknown>): z.ZodType =>
  z.fromJSONSchema(described as Parameters<typeof z.fromJSONSchema>[0]);
