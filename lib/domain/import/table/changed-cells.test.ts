import { describe, expect, it } from 'vitest';
import { applyChange, changedCells } from './changed-cells';
import { namesInFile } from './own-columns';

describe('changed cells', () => {
  const written = { Email: '@ann', Age: '007', '-x': 'a\r\nb', _row: '5', nested: { city: 'Ulm' }, count: 3 };
  const names = namesInFile(Object.keys(written));
  const changed = (cells: Record<string, unknown>, typed = false) => changedCells(written, { cells, typed }, names);

  it("are none if a cell still has the written value in a spreadsheet's format", () => {
    expect(
      changed({ Email: "'@ann", Age: '007', "'-x": 'a\nb', 'table._row': '5', nested: '{"city":"Ulm"}', count: '3' }),
    ).toEqual({});
    expect(changed(written, true)).toEqual({});
  });

  it('are read without the formula guard, with the type that the cell had', () => {
    expect(changed({ Email: "'=ann", nested: '{"city":"Bonn"}', count: '4', other: 'mine' })).toEqual({
      Email: '=ann',
      nested: { city: 'Bonn' },
      count: 4,
    });
    expect(changed({ count: '4', nested: 1 }, true)).toEqual({ count: '4', nested: 1 });
    expect(changed({ Email: '' })).toEqual({ Email: '' });
  });
});

describe('a change of a row', () => {
  it('changes only the fields that use its column', () => {
    const input = { to: 'edited by hand', options: { limit: 5, deep: 1 }, kept: true };
    const before = { to: 'a', options: { limit: 1 }, gone: 'x' };
    const after = { to: 'a', options: { limit: 2 }, more: 'y' };
    expect(applyChange({ ...input, gone: 'x' }, before, after)).toEqual({
      to: 'edited by hand',
      options: { limit: 2, deep: 1 },
      kept: true,
      more: 'y',
    });
  });

  it('replaces a value that is not an object', () => {
    expect(applyChange('a', 'a', 'b')).toBe('b');
    expect(applyChange('other', 'a', 'a')).toBe('other');
    expect(applyChange('a', { x: 1 }, { x: 2 })).toEqual({ x: 2 });
  });
});
