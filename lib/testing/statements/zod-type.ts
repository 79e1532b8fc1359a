import type { Node } from 'oxc-parser';
import type { Sources } from './sources';

/** The type that code expects of a value. `unknown`: it is not resolved, so any text or JSON is accepted. */
export type Kind = 'string' | 'number' | 'boolean' | 'date' | 'bytes' | 'array' | 'object' | 'null' | 'unknown';

export interface Property {
  kinds: Set<Kind>;
  optional: boolean;
  type: Node | undefined;
}

const KINDS: Record<string, Kind> = {
  string: 'string',
  uuid: 'string',
  enum: 'string',
  iso: 'string',
  number: 'number',
  int: 'number',
  boolean: 'boolean',
  array: 'array',
  object: 'object',
  record: 'object',
};

interface Chain {
  /** the root of the schema: a name of `z`, or one of the sources */
  start: { zod: string; call: Node } | { schema: Node };
  /** the methods that are called on it */
  methods: { name: string; arguments: readonly Node[] }[];
}

/** Resolves the types of zod schemas in the sources, as far as columns can have them. */
export class ZodTypes {
  constructor(private readonly sources: Sources) {}

  /** Returns the properties of a named object schema, or undefined if it is not one. */
  properties(name: string, from: Node): Map<string, Property> | undefined {
    const schema = this.named(name, from);
    return schema && this.propertiesOf(schema);
  }

  private named(name: string, from: Node): Node | undefined {
    const found = this.sources.declarationOf(name, from);
    return found?.type === 'VariableDeclarator' ? (found.init ?? undefined) : undefined;
  }

  private propertiesOf(schema: Node): Map<string, Property> | undefined {
    const { start, methods } = this.chain(schema);
    const properties = 'schema' in start ? this.propertiesOf(start.schema) : this.shape(start);
    for (const { name, arguments: given } of methods) {
      const [shape] = given;
      if (name === 'extend' && shape) for (const [key, each] of this.members(shape)) properties?.set(key, each);
    }
    return properties;
  }

  private shape({ zod, call }: { zod: string; call: Node }): Map<string, Property> | undefined {
    const shape = call.type === 'CallExpression' ? call.arguments[0] : undefined;
    return zod === 'object' && shape ? this.members(shape) : undefined;
  }

  private members(shape: Node): Map<string, Property> {
    const properties = new Map<string, Property>();
    for (const each of shape.type === 'ObjectExpression' ? shape.properties : []) {
      if (each.type !== 'Property' || each.key.type !== 'Identifier') continue;
      const { methods } = this.chain(each.value);
      const optional = methods.some(({ name }) => /^(exactO|o)ptional$|^nullish$/.test(name));
      properties.set(each.key.name, { kinds: new Set(this.kinds(each.value)), optional, type: undefined });
    }
    return properties;
  }

  private kinds(schema: Node): Kind[] {
    const { start, methods } = this.chain(schema);
    const kinds = 'schema' in start ? this.kinds(start.schema) : [KINDS[start.zod] ?? 'unknown'];
    return methods.some(({ name }) => name === 'nullable' || name === 'nullish') ? [...kinds, 'null'] : kinds;
  }

  /** `z.string().min(1).nullable()` has the root `string` and the methods `min` and `nullable`. */
  private chain(schema: Node): Chain {
    const methods: Chain['methods'] = [];
    let at = schema;
    while (at.type === 'CallExpression' && at.callee.type === 'MemberExpression') {
      const { object, property } = at.callee;
      const name = property.type === 'Identifier' ? property.name : '';
      if (object.type === 'Identifier' && object.name === 'z') return { start: { zod: name, call: at }, methods };
      if (object.type === 'MemberExpression' && object.property.type === 'Identifier') {
        return { start: { zod: object.property.name, call: at }, methods };
      }
      methods.push({ name, arguments: at.arguments });
      at = object;
    }
    const known = at.type === 'Identifier' ? this.named(at.name, at) : undefined;
    return { start: known ? { schema: known } : { zod: '', call: at }, methods };
  }
}
