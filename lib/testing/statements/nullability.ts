import type pg from 'pg';
import { isNode, nodeOf, nodesOf, numberOf, parseTree, type Tree, type TreeNode, within } from './query-tree';

/** Whether a column can be null. `unknown`: it depends on values, such as a parameter, or on a function's code. */
export type Nullability = 'null' | 'never' | 'unknown';

type Scope = readonly [query: TreeNode, ...outer: TreeNode[]];

const RELATION = 0;
const SUBQUERY = 1;
const JOIN = 2;
const CTE = 6;
const GROUP = 9;
const EXISTS = 0;
const SCALAR = 4;
const ARRAY = 6;
const IS_NOT_NULL = '1';
/** `funcformat` of a cast */
const CASTS = ['1', '2'];

/** Strict functions and operators that return null only for null. Operators of JSON and ranges are not among them. */
const TOTAL = new Set(
  [
    '+ - * / % = <> < > <= >= || ~~ ~ !~ !~~',
    'now clock_timestamp transaction_timestamp statement_timestamp date_trunc extract date_part to_timestamp',
    'length octet_length lower upper left right substr replace md5 sha256 encode concat',
    'floor ceil round abs power exp ln sqrt random mod trunc json_typeof jsonb_typeof to_json to_jsonb row_to_json',
    'json_build_object jsonb_build_object json_build_array jsonb_build_array num_nulls num_nonnulls gen_random_uuid',
    'row_number rank dense_rank count hashtext hashtextextended repeat strpos chr timezone make_interval',
  ].flatMap((names) => names.split(' ')),
);
const JSON_ACCESS = new Set(['->', '->>', '#>', '#>>']);
const NEVER_NULL = new Set(['NULLTEST', 'BOOLEANTEST', 'DISTINCTEXPR', 'ARRAYEXPR', 'ROWEXPR', 'SQLVALUEFUNCTION']);

const every = (all: Nullability[], what: Nullability): boolean => all.every((each) => each === what);

/** Finds out from Postgres's own tree of a statement which of its columns can be null. */
export class NullabilityReader {
  private readonly columns = new Map<string, { nullable: boolean; known: boolean }>();
  private readonly functions = new Map<string, { name: string; strict: boolean }>();
  private readonly found = new WeakMap<TreeNode, Nullability[]>();
  private readonly demands = new WeakMap<TreeNode, Set<string>>();
  private outerJoinsMark = true;

  constructor(private readonly client: pg.Client) {}

  /** Reads the catalog. Call it after the temporary tables exist. */
  async open(): Promise<void> {
    const { rows } = await this.client.query<{ version: number }>(
      `select current_setting('server_version_num')::int as version`,
    );
    this.outerJoinsMark = (rows[0]?.version ?? 0) >= 160_000;
    // Views and temporary tables have no constraints, and the product writes no list that is null.
    const columns = await this.client.query<{ place: string; nullable: boolean; known: boolean }>(
      `select attrelid || '.' || attnum as place, not attnotnull as nullable,
         attndims = 0 and relkind = 'r' and relpersistence <> 't' or attnotnull as known
       from pg_attribute a join pg_class c on c.oid = a.attrelid where attnum > 0`,
    );
    for (const { place, ...column } of columns.rows) this.columns.set(place, column);
    const functions = await this.client.query<{ key: string; name: string; strict: boolean }>(
      `select 'f' || oid as key, proname as name, proisstrict as strict from pg_proc
       union all select 'o' || o.oid, oprname, proisstrict from pg_operator o join pg_proc p on p.oid = oprcode`,
    );
    for (const { key, ...found } of functions.rows) this.functions.set(key, found);
  }

  /** Returns the nullability of each column of a statement, in order. @param types names of the parameters' types */
  async read(text: string, types: string[]): Promise<Nullability[]> {
    // Together, because there are thousands of statements, and each round trip costs processor time.
    const together = `begin;
      create function pg_temp.statement(${types.join(', ')}) returns setof record begin atomic ${text}; end;
      select prosqlbody::text as tree from pg_proc where proname = 'statement'; rollback`;
    const results = (await this.client.query(together).catch(async (error) => {
      await this.client.query('rollback');
      throw error;
    })) as unknown as pg.QueryResult<{ tree: string }>[];
    const tree = results.flatMap(({ rows }) => rows)[0]?.tree ?? '';
    const [query] = within(parseTree(tree), 'QUERY');
    return query ? this.outputs([query]) : [];
  }

  /** Returns the nullability of each column of a query. Each reference to a column of a common table asks for it. */
  private outputs(scope: Scope): Nullability[] {
    const known = this.found.get(scope[0]) ?? this.readOutputs(scope);
    this.found.set(scope[0], known);
    return known;
  }

  private readOutputs(scope: Scope): Nullability[] {
    const [query] = scope;
    const union = nodeOf(query, 'setOperations');
    if (union) {
      const branches = within(union, 'RANGETBLREF').map((each) => this.subquery(each, scope));
      return (branches[0] ?? []).map((_, i) => {
        const all = branches.map((branch) => branch[i] ?? 'unknown');
        if (all.includes('null')) return 'null';
        return every(all, 'never') ? 'never' : 'unknown';
      });
    }
    const returning = nodesOf(query, 'returningList');
    const targets = query.fields.get('commandType') === '1' ? nodesOf(query, 'targetList') : returning;
    return targets
      .filter((each) => each.fields.get('resjunk') !== 'true')
      .map((each) => this.of(each.fields.get('expr'), scope));
  }

  private subquery(reference: TreeNode, scope: Scope): Nullability[] {
    const query = nodesOf(scope[0], 'rtable')[numberOf(reference, 'rtindex') - 1];
    const inner = query && nodeOf(query, 'subquery');
    return inner ? this.outputs([inner, ...scope]) : [];
  }

  private all(trees: Tree | undefined, scope: Scope): Nullability[] {
    return Array.isArray(trees) ? trees.map((each) => this.of(each, scope)) : [];
  }

  private of(tree: Tree | undefined, scope: Scope): Nullability {
    if (!isNode(tree)) return 'unknown';
    if (NEVER_NULL.has(tree.tag)) return 'never';
    const args = (): Nullability[] => this.all(tree.fields.get('args'), scope);
    const call = (key: string, isCast = false): Nullability => this.call(key, isCast, nodesOf(tree, 'args'), scope);
    switch (tree.tag) {
      case 'VAR':
        return this.variable(tree, scope);
      case 'CONST':
        return tree.fields.get('constisnull') === 'true' ? 'null' : 'never';
      case 'RELABELTYPE':
      case 'COERCEVIAIO':
      case 'ARRAYCOERCEEXPR':
        return this.of(tree.fields.get('arg'), scope);
      case 'COALESCEEXPR':
      case 'MINMAXEXPR': {
        const given = args();
        if (given.includes('never')) return 'never';
        return every(given, 'null') ? 'null' : 'unknown';
      }
      case 'BOOLEXPR':
        return every(args(), 'never') ? 'never' : 'unknown';
      case 'NULLIFEXPR':
        return 'null';
      case 'CASEEXPR':
        return this.choice(tree, scope);
      case 'SUBLINK':
        return this.sublink(tree, scope);
      case 'AGGREF':
        return this.aggregate(tree, scope);
      case 'OPEXPR':
        return call(`o${tree.fields.get('opno')}`);
      case 'SCALARARRAYOPEXPR':
        return every(args(), 'never') ? 'never' : 'unknown';
      case 'FUNCEXPR':
        return call(`f${tree.fields.get('funcid')}`, CASTS.includes(String(tree.fields.get('funcformat'))));
      case 'WINDOWFUNC':
        return call(`f${tree.fields.get('winfnoid')}`);
      default:
        return 'unknown';
    }
  }

  private variable(node: TreeNode, scope: Scope): Nullability {
    const [query, ...outer] = scope.slice(numberOf(node, 'varlevelsup')) as [TreeNode?, ...TreeNode[]];
    if (!query) return 'unknown';
    const at: Scope = [query, ...outer];
    // A statement returns the new values of the rows that it writes, and its conditions are about the old ones.
    const written = query.fields.get('commandType') !== '1' && numberOf(query, 'resultRelation');
    if (numberOf(node, 'varno') !== written && this.filtered(query).has(placeOf(node))) return 'never';
    const marks = node.fields.get('varnullingrels');
    if (Array.isArray(marks) && marks.length > 1) return 'null';
    const entry = nodesOf(query, 'rtable')[numberOf(node, 'varno') - 1];
    const column = numberOf(node, 'varattno') - 1;
    switch (entry && numberOf(entry, 'rtekind')) {
      case RELATION: {
        const found = this.columns.get(`${entry?.fields.get('relid')}.${column + 1}`);
        if (!found?.known) return 'unknown';
        if (found.nullable) return 'null';
        const joins = within(query.fields.get('jointree'), 'JOINEXPR');
        return this.outerJoinsMark || joins.every((each) => each.fields.get('jointype') === '0') ? 'never' : 'unknown';
      }
      case SUBQUERY: {
        const inner = entry && nodeOf(entry, 'subquery');
        return (inner && this.outputs([inner, ...at])[column]) ?? 'unknown';
      }
      case JOIN:
        return this.all(entry?.fields.get('joinaliasvars'), at)[column] ?? 'unknown';
      case GROUP:
        return this.all(entry?.fields.get('groupexprs'), at)[column] ?? 'unknown';
      case CTE:
        return entry ? this.common(entry, column, at) : 'unknown';
      default:
        return 'unknown';
    }
  }

  private common(entry: TreeNode, column: number, scope: Scope): Nullability {
    const [query, ...outer] = scope.slice(numberOf(entry, 'ctelevelsup')) as [TreeNode?, ...TreeNode[]];
    if (!query || entry.fields.get('self_reference') === 'true') return 'unknown';
    const found = nodesOf(query, 'cteList').find((each) => each.fields.get('ctename') === entry.fields.get('ctename'));
    const inner = found && nodeOf(found, 'ctequery');
    return (inner && this.outputs([inner, query, ...outer])[column]) ?? 'unknown';
  }

  /** The columns for which a strict condition must be true, so that their rows have a value. */
  private filtered(query: TreeNode): Set<string> {
    const known = this.demands.get(query) ?? this.readFiltered(query);
    this.demands.set(query, known);
    return known;
  }

  private readFiltered(query: TreeNode): Set<string> {
    const from = (tree: Tree | undefined): string[] => {
      if (!isNode(tree) || (tree.tag === 'JOINEXPR' && tree.fields.get('jointype') !== '0')) return [];
      const parts = [...nodesOf(tree, 'fromlist'), tree.fields.get('larg'), tree.fields.get('rarg')];
      return [...this.demanded(tree.fields.get('quals')), ...parts.flatMap(from)];
    };
    return new Set(from(query.fields.get('jointree')));
  }

  private demanded(condition: Tree | undefined): string[] {
    if (!isNode(condition)) return [];
    const args = nodesOf(condition, 'args');
    if (condition.tag === 'BOOLEXPR') {
      const each = args.map((arg) => this.demanded(arg));
      const kind = condition.fields.get('boolop');
      if (kind === 'and') return each.flat();
      return kind === 'or' ? (each[0] ?? []).filter((place) => each.every((places) => places.includes(place))) : [];
    }
    const isTest = condition.tag === 'NULLTEST' && condition.fields.get('nulltesttype') === IS_NOT_NULL;
    const isStrict =
      ['OPEXPR', 'SCALARARRAYOPEXPR'].includes(condition.tag) &&
      this.functions.get(`o${condition.fields.get('opno')}`)?.strict;
    const operands = isTest ? [nodeOf(condition, 'arg')] : isStrict ? args : [];
    return operands
      .map((each) => (each?.tag === 'RELABELTYPE' ? nodeOf(each, 'arg') : each))
      .flatMap((each) => (each?.tag === 'VAR' && numberOf(each, 'varlevelsup') === 0 ? [placeOf(each)] : []));
  }

  private choice(node: TreeNode, scope: Scope): Nullability {
    // Without ELSE it is a null constant.
    const otherwise = nodeOf(node, 'defresult');
    if (otherwise?.tag === 'CONST' && this.of(otherwise, scope) === 'null') return 'null';
    const results = nodesOf(node, 'args').map((each) => this.of(each.fields.get('result'), scope));
    return every([...results, this.of(otherwise, scope)], 'never') ? 'never' : 'unknown';
  }

  private sublink(node: TreeNode, scope: Scope): Nullability {
    const kind = numberOf(node, 'subLinkType');
    if (kind === EXISTS || kind === ARRAY) return 'never';
    const query = nodeOf(node, 'subselect');
    if (kind !== SCALAR || !query) return 'unknown';
    return isSingleRow(query) ? (this.outputs([query, ...scope])[0] ?? 'unknown') : 'null';
  }

  private aggregate(node: TreeNode, scope: Scope): Nullability {
    if (this.functions.get(`f${node.fields.get('aggfnoid')}`)?.name === 'count') return 'never';
    if (isSingleRow(scope[0]) || isNode(node.fields.get('aggfilter'))) return 'null';
    const given = nodesOf(node, 'args').map((each) => this.of(each.fields.get('expr'), scope));
    return every(given, 'never') ? 'never' : 'unknown';
  }

  private call(key: string, isCast: boolean, given: TreeNode[], scope: Scope): Nullability {
    const found = this.functions.get(key);
    if (!found) return 'unknown';
    // A composed statement has null in the place of a literal that is known only at run time.
    const args = given.map((each) =>
      each.tag === 'CONST' && each.fields.get('constisnull') === 'true' ? 'unknown' : this.of(each, scope),
    );
    if (JSON_ACCESS.has(found.name) || (found.strict && args.includes('null'))) return 'null';
    return (isCast || TOTAL.has(found.name)) && (!found.strict || every(args, 'never')) ? 'never' : 'unknown';
  }
}

const placeOf = (node: TreeNode): string => `${node.fields.get('varno')}.${node.fields.get('varattno')}`;

/** Whether a query aggregates all rows into one, so that its aggregates are null without rows. */
const isSingleRow = (query: TreeNode): boolean =>
  query.fields.get('hasAggs') === 'true' &&
  nodesOf(query, 'groupClause').length === 0 &&
  nodesOf(query, 'groupingSets').length === 0 &&
  !isNode(query.fields.get('havingQual'));
