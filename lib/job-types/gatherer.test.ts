import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Gatherer, type GatherOptions } from './gatherer';

// The clock of these tests moves only when they say so.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Call = GatherOptions<string, number>['call'];

const never = new AbortController().signal;
const MAX_WAIT_MS = 20;
const lengths: Call = async (words) => words.map(({ length }) => length);

/** A gatherer of words, three in a call, with the calls that it made. Their outcomes are the lengths of the words. */
function gatherer({ call = lengths, ...options }: Partial<GatherOptions<string, number>> = {}) {
  const calls: { words: string[]; signal: AbortSignal }[] = [];
  const subject = new Gatherer<string, number>({
    maxWaitMs: MAX_WAIT_MS,
    maxWeight: 3,
    ...options,
    call: (words, signal) => {
      calls.push({ words, signal });
      return call(words, signal);
    },
  });
  const add = (word: string, signal = never, key = 'one') => subject.add(key, word, signal);
  return { subject, add, words: () => calls.map(({ words }) => words), signalOf: (i: number) => calls[i]?.signal };
}

/** A call that ends when the test says so. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const call: Call = async (words, signal) => {
    await opened;
    return lengths(words, signal);
  };
  return { open: () => open(), call };
}

const settled = async (promises: Promise<number>[]): Promise<unknown[]> =>
  (await Promise.allSettled(promises)).map((one) => (one.status === 'fulfilled' ? one.value : one.reason.message));

describe('items', () => {
  it('are called at once when there are enough, and each caller gets its own outcome', async () => {
    const { add, words } = gatherer();
    expect(await Promise.all(['a', 'bb', 'ccc'].map((word) => add(word)))).toEqual([1, 2, 3]);
    expect(words()).toEqual([['a', 'bb', 'ccc']]);
  });

  it('are called when the first of them has waited long enough, however many there are', async () => {
    const { add, words } = gatherer();
    const first = add('a');
    await vi.advanceTimersByTimeAsync(MAX_WAIT_MS - 1);
    const second = add('bb');
    expect(words()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(words()).toEqual([['a', 'bb']]);
  });

  it('that come while a call runs wait for the next one', async () => {
    const { open, call } = gate();
    const { add, words } = gatherer({ call });
    const all = ['a', 'b', 'c', 'd'].map((word) => add(word));
    await vi.advanceTimersByTimeAsync(MAX_WAIT_MS);
    expect(words()).toEqual([['a', 'b', 'c'], ['d']]);
    open();
    expect(await Promise.all(all)).toEqual([1, 1, 1, 1]);
  });

  it('wait for nobody when their process stops', async () => {
    const { subject, add, words } = gatherer();
    const first = add('a');
    subject.hurry();
    const second = add('bb');
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(words()).toEqual([['a'], ['bb']]);
  });

  it('with different keys are never in one call', async () => {
    const { add, words } = gatherer();
    const all = [add('a', never, 'one'), add('b', never, 'two'), add('c', never, 'one'), add('d', never, 'two')];
    await vi.advanceTimersByTimeAsync(MAX_WAIT_MS);
    await Promise.all(all);
    expect(words()).toEqual([
      ['a', 'c'],
      ['b', 'd'],
    ]);
  });

  it('are weighed: what does not fit begins the next group, and what is too heavy goes alone', async () => {
    const { add, words } = gatherer({ weightOf: ({ length }) => length });
    const all = ['aa', 'bb', 'c', 'dddd', 'e'].map((word) => add(word));
    await vi.advanceTimersByTimeAsync(MAX_WAIT_MS);
    expect(await Promise.all(all)).toEqual([2, 2, 1, 4, 1]);
    expect(words()).toEqual([['aa'], ['bb', 'c'], ['dddd'], ['e']]);
  });
});

describe('a failure', () => {
  it('that is an outcome is that of its own item', async () => {
    const call: Call = async (words) => words.map((word) => (word === 'b' ? new Error('no b') : word.length));
    const { add } = gatherer({ call });
    expect(await settled(['a', 'b', 'c'].map((word) => add(word)))).toEqual([1, 'no b', 1]);
  });

  it.each<[string, Call]>([
    [
      'thrown',
      () => {
        throw new Error('down');
      },
    ],
    ['rejected', () => Promise.reject(new Error('down'))],
  ])('that the call has %s is that of every item, and the next group is called', async (_, fails) => {
    const call = vi.fn(lengths).mockImplementationOnce(fails);
    const { add } = gatherer({ call });
    expect(await settled(['a', 'b', 'c'].map((word) => add(word)))).toEqual(['down', 'down', 'down']);
    expect(await settled(['a', 'b', 'c'].map((word) => add(word)))).toEqual([1, 1, 1]);
  });
});

describe('an item that is aborted', () => {
  it('before it is added is never called', async () => {
    const { subject, add } = gatherer();
    await expect(add('a', AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
    expect(subject.waiting).toBe(0);
  });

  it('while it waits leaves its group at once, and makes room', async () => {
    const { add, words } = gatherer();
    const stop = new AbortController();
    const all = [add('a'), add('b', stop.signal)];
    stop.abort(new Error('stop'));
    await expect(all[1]).rejects.toThrow('stop');
    all.push(add('c'), add('d'));
    expect(await settled(all)).toEqual([1, 'stop', 1, 1]);
    expect(words()).toEqual([['a', 'c', 'd']]);
  });

  it('as the last of its group leaves nothing behind: no group, no timer, no call', async () => {
    const { subject, add, words } = gatherer();
    const stop = new AbortController();
    const all = ['a', 'b'].map((word) => add(word, stop.signal));
    expect([subject.waiting, vi.getTimerCount()]).toEqual([1, 1]);
    stop.abort(new Error('stop'));
    expect(await settled(all)).toEqual(['stop', 'stop']);
    expect([subject.waiting, vi.getTimerCount(), words()]).toEqual([0, 0, []]);
  });

  it('during the call gets the outcome of the call', async () => {
    const { open, call } = gate();
    const { add, signalOf } = gatherer({ call });
    const stop = new AbortController();
    const all = [add('a', stop.signal), add('bb'), add('ccc')];
    stop.abort(new Error('stop'));
    expect(signalOf(0)?.aborted).toBe(false);
    open();
    expect(await settled(all)).toEqual([1, 2, 3]);
  });

  it('during a call that it may leave is rejected at once, and the others get theirs', async () => {
    const { open, call } = gate();
    const { add, signalOf } = gatherer({ call, leavesCall: true });
    const stop = new AbortController();
    const all = [add('a', stop.signal), add('bb'), add('ccc')];
    stop.abort(new Error('stop'));
    await expect(all[0]).rejects.toThrow('stop');
    expect(signalOf(0)?.aborted).toBe(false);
    open();
    expect(await settled(all)).toEqual(['stop', 2, 3]);
  });

  it('as the last one of a call aborts the call', async () => {
    const { open, call } = gate();
    const { add, signalOf } = gatherer({ call, leavesCall: true });
    const stops = [1, 2, 3].map(() => new AbortController());
    const all = stops.map(({ signal }) => add('a', signal));
    for (const stop of stops) stop.abort(new Error('stop'));
    expect(signalOf(0)?.reason).toMatchObject({ message: 'stop' });
    open();
    expect(await settled(all)).toEqual(['stop', 'stop', 'stop']);
  });
});
