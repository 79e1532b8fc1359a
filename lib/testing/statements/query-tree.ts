/** A node of the tree that Postgres makes of a statement, such as `VAR` or `QUERY`. */
export interface TreeNode {
  tag: string;
  fields: Map<string, Tree>;
}
export type Tree = TreeNode | Tree[] | string;

const TOKEN = /[{}()]|"(?:[^"\\]|\\.)*"|(?:[^\s{}()"\\]|\\.)+/g;

/** Parses the text form of Postgres's query trees. A field with several words, such as a constant, keeps the first. */
export function parseTree(text: string): Tree {
  const tokens = text.match(TOKEN) ?? [];
  let at = 0;
  const value = (): Tree => {
    const token = tokens[at++];
    if (token === undefined) throw new Error('The query tree ends early.');
    if (token === '(') {
      const list: Tree[] = [];
      while (tokens[at] !== ')') list.push(value());
      at += 1;
      return list;
    }
    if (token !== '{') return token;
    const node: TreeNode = { tag: tokens[at++] ?? '', fields: new Map() };
    while (tokens[at] !== '}') {
      const name = (tokens[at++] ?? '').slice(1);
      node.fields.set(name, value());
      while (tokens[at] !== '}' && !tokens[at]?.startsWith(':')) value();
    }
    at += 1;
    return node;
  };
  return value();
}

export const isNode = (tree: Tree | undefined): tree is TreeNode => typeof tree === 'object' && !Array.isArray(tree);

/** Returns a field that is a list of nodes; an absent list is empty. */
export function nodesOf(node: TreeNode, field: string): TreeNode[] {
  const list = node.fields.get(field);
  return Array.isArray(list) ? list.filter(isNode) : [];
}

/** Returns a field that is a node, or undefined. */
export function nodeOf(node: TreeNode, field: string): TreeNode | undefined {
  const found = node.fields.get(field);
  return isNode(found) ? found : undefined;
}

export const numberOf = (node: TreeNode, field: string): number => Number(node.fields.get(field));

/** Returns all nodes with a tag, at any depth, but not those of subqueries. */
export function within(tree: Tree | undefined, tag: string): TreeNode[] {
  if (Array.isArray(tree)) return tree.flatMap((each) => within(each, tag));
  if (!isNode(tree)) return [];
  if (tree.tag === tag) return [tree];
  return tree.tag === 'QUERY' ? [] : [...tree.fields.values()].flatMap((each) => within(each, tag));
}
