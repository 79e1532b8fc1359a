import { describe, expect, it } from 'vitest';
import { BLOCK_FROM, layoutOf, relabel } from './layout';
import { neighbor } from './neighbor';
import { aTree, aWideTree, rows } from './tree-fixtures';
import { NO_COUNTS, type TreeNode, toTreeNode } from './tree-node';
import {
  allShown,
  BUDGET,
  defaultShown,
  FAN,
  flatten,
  type Item,
  type JobItem,
  sayCounts,
  sayFan,
  viewOf,
} from './view';

const ids = (root: TreeNode, ...layers: ReadonlyMap<string, number>[]) =>
  flatten(viewOf(root, ...layers, defaultShown(root))).map((item) => item.id);

describe('defaultShown', () => {
  it('shows a small tree as a whole, parents before their children', () => {
    expect(ids(aTree('deploy', [aTree('build', [aTree('compile'), aTree('test')]), aTree('infra')]))).toEqual([
      'deploy',
      'build',
      'compile',
      'test',
      'infra',
    ]);
  });
  it('folds a wide fan into one counted node', () => {
    const view = viewOf(aWideTree(FAN + 1), defaultShown(aWideTree(FAN + 1)));
    expect(view.children).toMatchObject([{ kind: 'fan', whole: true, count: FAN + 1 }]);
  });
  it('draws a bounded number of nodes, however large the tree', () => {
    const root = aTree(
      'r',
      rows(17, (a) =>
        aTree(
          a,
          rows(17, (b) =>
            aTree(
              `${a}.${b}`,
              rows(17, (c) => aTree(`${a}.${b}.${c}`)),
            ),
          ),
        ),
      ),
    );
    const items = flatten(viewOf(root, defaultShown(root)));
    expect(items.filter((item) => item.kind === 'job').length).toBeLessThanOrEqual(BUDGET);
    expect(items.some((item) => item.kind === 'fan')).toBe(true);
    expect(flatten(viewOf(root, allShown(root)))).toHaveLength(1 + 17 + 17 ** 2 + 17 ** 3);
  });
});

describe('viewOf', () => {
  it('shows as many children as requested, and counts the rest by status', () => {
    const root = aWideTree(100, { completed: 60, failed: 1, pending: 39 });
    const view = viewOf(root, new Map([['root', 2]]), defaultShown(root));
    expect(view.children).toHaveLength(3);
    expect(view.children[2]).toMatchObject({
      kind: 'fan',
      whole: false,
      count: 98,
      counts: { completed: 60, failed: 1, pending: 37 },
    });
  });
  it('shows failures even if they are in a folded part', () => {
    const branch = (id: string, failed: number) =>
      aTree(
        id,
        rows(4, (leaf) => aTree(`${id}.${leaf}`, [], Number(leaf) < failed ? 'failed' : 'completed')),
        'completed',
      );
    const root = aTree('r', [branch('a', 0), branch('b', 1), branch('c', 2)], 'completed');
    const fan = viewOf(root, new Map([['r', 1]])).children.at(-1);
    expect(fan).toMatchObject({ kind: 'fan', count: 2, below: { completed: 5, failed: 3 } });
    expect(fan?.kind === 'fan' && sayFan(fan)).toBe('2 completed; below them 5 completed, 3 failed');
  });
  it('counts children that were never loaded', () => {
    const root = { ...aWideTree(3), childCount: 5_000, childCounts: { ...NO_COUNTS, pending: 5_000 } };
    expect(viewOf(root, new Map([['root', 50]])).children.at(-1)).toMatchObject({ kind: 'fan', count: 4_997 });
  });
  it('shows “at least” for counts of children that were only partly loaded', () => {
    const branch = aTree('a', [aTree('a.1', [], 'completed')], 'completed');
    const read = aTree('r', [branch], 'completed');
    const root = { ...read, childCount: 2, childCounts: { ...NO_COUNTS, completed: 2 } };
    const sayOf = (tree: typeof root) => {
      const fan = viewOf(tree, new Map([['r', 0]])).children.at(-1);
      return fan?.kind === 'fan' ? sayFan(fan) : null;
    };
    expect(sayOf(read)).toBe('1 completed; below them 1 completed');
    expect(sayOf(root)).toBe('2 completed; below them at least 1 completed');
  });
  it('folds a node that the user folded', () => {
    const root = aTree('a', [aTree('b', [aTree('c')])]);
    expect(ids(root, new Map([['b', 0]]))).toEqual(['a', 'b', 'b/rest']);
  });
});

describe('layoutOf', () => {
  const root = aTree('deploy', [aTree('build', [aTree('compile'), aTree('test')]), aTree('infra')]);
  const layout = layoutOf(viewOf(root, allShown(root)));
  const at = (id: string) => layout.placed[layout.indexOf.get(id) ?? -1] ?? { x: Number.NaN, y: Number.NaN };
  const step = (id: string, key: Parameters<typeof neighbor>[2]) =>
    layout.placed[neighbor(layout, layout.indexOf.get(id) ?? -1, key)]?.item.id;

  it('puts jobs that run first left of jobs that wait for them', () => {
    expect(at('compile').x).toBe(0);
    expect(at('compile').x).toBeLessThan(at('build').x);
    expect(at('build').x).toBeLessThan(at('deploy').x);
    expect(at('build').x).toBe(at('infra').x);
  });
  it('overlaps nothing and starts at its corner', () => {
    expect(Math.min(...layout.placed.map(({ y }) => y))).toBe(0);
    expect(at('test').y - at('compile').y).toBeGreaterThanOrEqual(52);
    expect(at('build').y).toBe((at('compile').y + at('test').y) / 2);
  });
  it('can be walked through with arrow keys', () => {
    expect(step('deploy', 'ArrowLeft')).toBe('build');
    expect(step('build', 'ArrowDown')).toBe('infra');
    expect(step('infra', 'ArrowDown')).toBe('infra');
    expect(step('build', 'ArrowLeft')).toBe('compile');
    expect(step('compile', 'ArrowRight')).toBe('build');
    expect(step('compile', 'Home')).toBe('deploy');
    expect(step('deploy', 'End')).toBe('compile');
  });
  it('lays out a chain of a hundred levels and a fan of five thousand', () => {
    let chain = aTree('level 0');
    for (let level = 1; level < 100; level += 1) chain = aTree(`level ${level}`, [chain]);
    expect(layoutOf(viewOf(chain, allShown(chain))).placed).toHaveLength(100);
    const fan = aWideTree(5_000);
    const wide = layoutOf(viewOf(fan, allShown(fan)));
    expect(wide.placed).toHaveLength(5_001);
    expect(new Set(wide.placed.map(({ x, y }) => `${x} ${y}`)).size).toBe(5_001);
  });
  it('visits each job a bounded number of times, however many there are', () => {
    const looks = (width: number): number => {
      let count = 0;
      const counted = (item: Item): Item => {
        if (item.kind === 'fan') return item;
        const children = item.children.map(counted);
        return {
          ...item,
          get children() {
            count += 1;
            return children;
          },
        };
      };
      const root = aTree(
        'r',
        rows(width, (id) => aTree(id, [aTree(`${id}.0`)])),
      );
      layoutOf(counted(viewOf(root, allShown(root))) as JobItem);
      return count;
    };
    expect(looks(100)).toBeGreaterThan(100);
    expect(looks(1000)).toBeLessThan(11 * looks(100));
  });
});

describe('a block', () => {
  const fan = aWideTree(20, { completed: 20 });
  const layout = layoutOf(viewOf(fan, allShown(fan)));
  it('holds many leaves in columns, about as wide as high, without overlap', () => {
    const [block] = layout.blocks;
    expect(block?.members).toHaveLength(20);
    expect((block?.width ?? 0) / (block?.height ?? 1)).toBeGreaterThan(0.5);
    expect((block?.width ?? 0) / (block?.height ?? 1)).toBeLessThan(2);
    expect(new Set(layout.placed.map(({ x, y }) => `${x} ${y}`)).size).toBe(21);
    expect(Math.min(...layout.placed.map(({ x }) => x))).toBeGreaterThanOrEqual(0);
  });
  it('contains only leaves of wide families', () => {
    const few = aWideTree(BLOCK_FROM);
    expect(layoutOf(viewOf(few, allShown(few))).blocks).toEqual([]);
    const deep = aTree(
      'r',
      rows(BLOCK_FROM + 2, (id) => aTree(id, [aTree(`${id}.0`)])),
    );
    expect(layoutOf(viewOf(deep, allShown(deep))).blocks).toEqual([]);
  });
  it('keeps its distance from deeper families beside it', () => {
    const deep = aTree('x', [aTree('y', [aTree('z', [aTree('w', [aTree('v')])])])]);
    const root = aTree('r', [
      aTree(
        'm',
        rows(40, (id) => aTree(`leaf ${id}`)),
      ),
      deep,
    ]);
    const { placed, blocks } = layoutOf(viewOf(root, allShown(root)));
    const [block] = blocks;
    if (!block) throw new Error('there is a block');
    for (const { item, x, y, block: at } of placed) {
      const apart =
        x + 216 <= block.x || x >= block.x + block.width || y + 52 <= block.y || y >= block.y + block.height;
      expect(at === 0 || apart, item.id).toBe(true);
    }
  });
  it('is walked through line by line, and then out to the parent', () => {
    const first = neighbor(layout, 0, 'End');
    const second = neighbor(layout, first, 'ArrowRight');
    expect(layout.placed[second]).toMatchObject({ block: 0, y: layout.placed[first]?.y });
    expect(layout.placed[second]?.item.id).toBe('leaf 1');
    expect(neighbor(layout, second, 'ArrowLeft')).toBe(first);
    expect(neighbor(layout, neighbor(layout, second, 'ArrowRight'), 'ArrowRight')).toBe(0);
  });
});

describe('relabel', () => {
  const view = (root: TreeNode) => viewOf(root, allShown(root));
  const layout = layoutOf(view(aTree('a', [aTree('b'), aTree('c')])));
  it('keeps places while only statuses change', () => {
    const next = relabel(layout, view(aTree('a', [aTree('b', [], 'completed'), aTree('c')])));
    expect(next?.placed.map(({ x, y }) => [x, y])).toEqual(layout.placed.map(({ x, y }) => [x, y]));
    expect(next?.placed[1]?.item).toMatchObject({ node: { status: 'completed' } });
  });
  it('returns null when the tree has changed', () => {
    expect(relabel(layout, view(aTree('a', [aTree('b')])))).toBeNull();
    expect(relabel(layout, view(aTree('a', [aTree('b', [aTree('c')])])))).toBeNull();
  });
});

it('keeps the object of a node while its answer is unchanged', () => {
  const dto = {
    job: { id: 'j', name: 'n', type: 't', status: 'active' },
    childCount: 0,
    childCounts: NO_COUNTS,
    children: [],
    onFailure: 'ignore',
  } as unknown as Parameters<typeof toTreeNode>[0];
  const none = new Map();
  expect(toTreeNode(dto, none)).toBe(toTreeNode(dto, none));
  expect(toTreeNode({ ...dto }, none)).not.toBe(toTreeNode(dto, none));
});

it('shows counts with the names of the statuses', () => {
  expect(sayCounts({ ...NO_COUNTS, completed: 1_200, failed: 1, 'waiting-children': 2 })).toBe(
    '2 waiting for children, 1,200 completed, 1 failed',
  );
});
