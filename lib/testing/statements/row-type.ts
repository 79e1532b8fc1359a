import type { Node } from 'oxc-parser';
import type { Bound } from './compose';
import type { Sources } from './sources';
import { type Kind, type Property, ZodTypes } from './zod-type';

type Properties = Map<string, Property>;
/** A name with type arguments, as a type or after `extends`. */
type Reference = Extract<Node, { type: 'TSTypeReference' | 'TSInterfaceHeritage' }>;

/** Resolves row types from the sources, as far as columns can have them. */
export class RowTypes {
  private readonly zod: ZodTypes;

  constructor(private readonly sources: Sources) {
    this.zod = new ZodTypes(sources);
  }

  /** Returns the properties of a row type. @throws Error if it is not a plain object type */
  properties(node: Node, bound: Bound): Properties {
    switch (node.type) {
      case 'TSTypeLiteral':
        return this.members(node.members, bound);
      case 'TSIntersectionType':
        return new Map(node.types.flatMap((each) => [...this.properties(each, bound)]));
      case 'TSTypeReference':
      case 'TSInterfaceHeritage':
        return this.referenced(node, bound);
      case 'TSUnionType': {
        const objects = node.types.filter(
          (each) => each.type !== 'TSNullKeyword' && each.type !== 'TSUndefinedKeyword',
        );
        if (objects.length === 1 && objects[0]) return this.properties(objects[0], bound);
        throw this.unreadable(node);
      }
      case 'TSIndexedAccessType': {
        const property = this.properties(node.objectType, bound).get(literalOf(node.indexType));
        if (property?.type) return this.properties(property.type, bound);
        throw this.unreadable(node);
      }
      default:
        throw this.unreadable(node);
    }
  }

  private unreadable(node: Node): Error {
    return new Error(`The row type ${this.sources.textOf(node)} is not an interface of this repository.`);
  }

  private referenced(node: Reference, bound: Bound): Properties {
    const inferred = this.inferred(node);
    if (inferred) return inferred;
    const name = nameOf(node);
    const given = bound.types.get(name);
    if (given) return this.properties(given.node, given.bound);
    const [of, keys] = node.typeArguments?.params ?? [];
    if (name === 'NonNullable' && of) return this.properties(of, bound);
    if ((name === 'Pick' || name === 'Omit') && of && keys) {
      const chosen = new Set((keys.type === 'TSUnionType' ? keys.types : [keys]).map(literalOf));
      return new Map([...this.properties(of, bound)].filter(([key]) => chosen.has(key) === (name === 'Pick')));
    }
    const found = this.sources.declarationOf(name, node);
    if (found?.type === 'TSTypeAliasDeclaration') return this.properties(found.typeAnnotation, bound);
    if (found?.type !== 'TSInterfaceDeclaration') throw this.unreadable(node);
    const inherited = found.extends.flatMap((each) => [...this.referenced(each, bound)]);
    return new Map([...inherited, ...this.members(found.body.body, bound)]);
  }

  /** `z.infer<typeof schema>` */
  private inferred(node: Reference): Properties | undefined {
    const [of] = node.typeArguments?.params ?? [];
    if (node.type !== 'TSTypeReference' || node.typeName.type !== 'TSQualifiedName') return undefined;
    if (of?.type !== 'TSTypeQuery' || of.exprName.type !== 'Identifier') return undefined;
    return this.zod.properties(of.exprName.name, of);
  }

  private members(members: readonly Node[], bound: Bound): Properties {
    const properties: Properties = new Map();
    for (const each of members) {
      if (each.type !== 'TSPropertySignature') continue;
      const key =
        each.key.type === 'Identifier' ? each.key.name : String(each.key.type === 'Literal' && each.key.value);
      const type = each.typeAnnotation?.typeAnnotation;
      properties.set(key, {
        kinds: new Set(type ? this.kinds(type, bound) : ['unknown']),
        optional: each.optional,
        type,
      });
    }
    return properties;
  }

  private kinds(node: Node, bound: Bound): Kind[] {
    switch (node.type) {
      case 'TSStringKeyword':
      case 'TSTemplateLiteralType':
        return ['string'];
      case 'TSNumberKeyword':
        return ['number'];
      case 'TSBooleanKeyword':
        return ['boolean'];
      case 'TSNullKeyword':
      case 'TSUndefinedKeyword':
        return ['null'];
      case 'TSUnknownKeyword':
        return ['unknown', 'null'];
      case 'TSLiteralType':
        return node.literal.type === 'Literal' ? [typeof node.literal.value as Kind] : ['unknown'];
      case 'TSUnionType':
        return node.types.flatMap((each) => this.kinds(each, bound));
      case 'TSArrayType':
      case 'TSTupleType':
        return ['array'];
      case 'TSTypeOperator':
        return node.operator === 'keyof' ? ['string'] : this.kinds(node.typeAnnotation, bound);
      case 'TSIntersectionType': {
        // A checked name is a text with a mark that only the compiler sees.
        const [first] = node.types;
        return first?.type === 'TSStringKeyword' ? ['string'] : ['object'];
      }
      case 'TSTypeLiteral':
        return ['object'];
      case 'TSTypeReference':
        return this.referencedKinds(node, bound);
      case 'TSIndexedAccessType':
        return this.indexedKinds(node, bound);
      default:
        return ['unknown'];
    }
  }

  private referencedKinds(node: Reference, bound: Bound): Kind[] {
    const name = nameOf(node);
    if (name === 'Date') return ['date'];
    if (name === 'Buffer' || name === 'Uint8Array') return ['bytes'];
    if (['Record', 'Partial', 'Pick', 'Omit'].includes(name)) return ['object'];
    const given = bound.types.get(name);
    if (given) return this.kinds(given.node, given.bound);
    const found = this.sources.declarationOf(name, node);
    if (found?.type === 'TSTypeAliasDeclaration') return this.kinds(found.typeAnnotation, bound);
    return found?.type === 'TSInterfaceDeclaration' ? ['object'] : ['unknown'];
  }

  /** `Row['field']` of an interface. `(typeof LIST)[number]` has no properties, because its elements are literals. */
  private indexedKinds(node: Extract<Node, { type: 'TSIndexedAccessType' }>, bound: Bound): Kind[] {
    const of = node.objectType;
    if (of.type !== 'TSTypeReference' || !this.sources.declarationOf(nameOf(of), of)) return ['unknown'];
    return [...(this.properties(of, bound).get(literalOf(node.indexType))?.kinds ?? ['unknown' as const])];
  }
}

function nameOf(node: Reference): string {
  const name = node.type === 'TSTypeReference' ? node.typeName : node.expression;
  return name.type === 'Identifier' ? name.name : '';
}

const literalOf = (node: Node): string =>
  node.type === 'TSLiteralType' && node.literal.type === 'Literal' ? String(node.literal.value) : '';
