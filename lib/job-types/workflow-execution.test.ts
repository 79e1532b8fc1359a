import { describe, expect, it } from 'vitest';
import { definitionOf } from './catalogue';
import { checkSteps, dependenciesOf } from './workflow/check';

const check = (steps: object[], output?: unknown) => {
  const parsed = definitionOf('workflow-execution').input.safeParse({ steps, output });
  return parsed.success ? [] : parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`);
};

const step = (more: object) => ({ id: 'a', type: 'diagnostic', ...more });

describe('a workflow', () => {
  it('is accepted when its names, types and expressions are valid', () => {
    const steps = [
      step({ id: 'list', input: { payload: '${{ input.files }}' } }),
      step({
        id: 'each',
        forEach: 'steps.list.output.payload',
        input: { payload: '${{ item.name }} of ${{ index + 1 }}' },
      }),
      step({ id: 'last', when: '$count(steps.each.output) > 2', after: ['list'] }),
    ];
    expect(check(steps, { all: '${{ steps.each.output }}' })).toEqual([]);
  });

  it.each([
    ['an unknown type', [step({ type: 'nothing' })], /^steps.0.type: there is no job type “nothing”/],
    ['a workflow inside', [step({ type: 'workflow-execution' })], /^steps.0.type/],
    ['an id twice', [step({}), step({})], /^steps.1.id: “a” is the id of an earlier step/],
    ['an odd id', [step({ id: 'a-b' })], /^steps.0.id: must begin/],
    ['a broken condition', [step({ when: 'input.' })], /^steps.0.when: is not an expression.*\(at character \d+\)/],
    [
      'a broken input',
      [step({ input: { payload: ['${{ 1 + }}'] } })],
      /^steps.0.input.payload.0: is not an expression/,
    ],
    [
      'a later step',
      [step({ when: 'steps.b.output' }), step({ id: 'b' })],
      /^steps.0.when: there is no earlier step “b”/,
    ],
    ['itself', [step({ forEach: '$$.steps.a.output' })], /^steps.0.forEach: there is no earlier step “a”/],
    [
      'a name that nothing has',
      [step({ when: 'inptu.paid' })],
      /^steps.0.when: uses “inptu”, and there is only input and steps$/,
    ],
    ['an item without a list', [step({ input: { payload: '${{ item.id }}' } })], /^steps.0.input.payload: uses “item”/],
    ['an unknown wait', [step({ after: ['z'] })], /^steps.0.after: there is no earlier step “z”/],
    ['data that does not fit', [step({ input: { steps: 1000 } })], /^steps.0.input.steps/],
    ['an expression without an end', [step({ input: { payload: 'x ${{ input.n' } })], /^steps.0.input.payload: has a/],
    ['a very long expression', [step({ input: { payload: `\${{ ${'1+'.repeat(2000)}1 }}` } })], /longer than 4000/],
    ['a very long path', [step({ when: `input${'.a'.repeat(400)}` })], /^steps.0.when: has more than 300 dots/],
    [
      'a step with very many values',
      [step({ input: { payload: Array(20_001).fill(0) } })],
      /^steps: and output hold more than 20000 values in all/,
    ],
    [
      'very many expressions',
      [step({ input: { payload: Array(2001).fill('${{ 1 }}') } })],
      /^steps: hold more than 2000 expressions/,
    ],
    [
      'expressions that are long together',
      [step({ input: { payload: Array(20).fill(`\${{ ${'1+'.repeat(1900)}1 }}`) } })],
      /^steps: hold expressions of more than 50000 characters in all/,
    ],
    ['marks that are opened and never closed', [step({ input: { payload: '${{'.repeat(100_000) } })], /has a/],
    ['a field too many', [step({ if: 'true' })], /^steps.0/],
  ])('is refused with the path: %s', (_, steps, message) => {
    expect(check(steps).join('\n')).toMatch(message);
  });

  it('is refused if its output uses no step', () => {
    expect(check([step({})], ['${{ steps.b.output }}'])).toEqual(['output.0: there is no step “b”']);
    expect(checkSteps([], '${{ }}')).toMatchObject([{ path: ['output'], message: 'is an empty expression' }]);
  });
});

it.each([
  'input.orders[paid and total > 3].(id & name)',
  '($all := input.orders; $sum($all.total))',
  '$map(input.orders, function($o) { $o.id & $$.input.name & $.input.name })',
  'input.orders^(>total){ id: name }',
  '(input.orders ~> |$|{ "total": total * 2 }|).total',
  '[1..$count(input.orders)]',
])('allows local names in an expression: %s', (expression) => {
  expect(check([step({ when: expression })])).toEqual([]);
});

it('has the dependencies of each step', () => {
  const needs = dependenciesOf([
    { id: 'a', type: 'diagnostic', input: {} },
    { id: 'b', type: 'diagnostic', input: {} },
    { id: 'c', type: 'diagnostic', input: { payload: '${{ $map([1,2], function($i) { steps.a.output.x + $i }) }}' } },
    { id: 'd', type: 'diagnostic', input: {}, when: '$keys(steps)' },
    { id: 'e', type: 'diagnostic', input: {}, after: ['b'], forEach: '[1..3]' },
  ]);
  expect(Object.fromEntries([...needs].map(([id, set]) => [id, [...set].sort()]))).toEqual({
    a: [],
    b: [],
    c: ['a'],
    d: ['a', 'b', 'c'],
    e: ['b'],
  });
});
