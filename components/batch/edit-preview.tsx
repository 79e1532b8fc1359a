import { EditedRows } from '@/components/shared/edited-rows';
import { formatCount, formatNumber } from '@/components/ui/format';
import { Notice } from '@/components/ui/notice';
import type { EditResult } from '@/lib/contracts/correction';

/** The first items before and after the edit, and how many items would change. */
export function EditPreview({ result, fields }: { result: EditResult; fields: readonly string[] }) {
  const { retried, changed, invalid, preview } = result;
  return (
    <section aria-label="Preview" className="flex min-w-0 flex-col gap-2">
      {invalid > 0 ? (
        <Notice tone="error" title={`${formatCount(invalid, 'item')} would be invalid`}>
          Nothing changes until all of them are valid. {formatCount(retried, 'item')} would be.
        </Notice>
      ) : (
        <Notice tone="success" title={`${formatCount(retried, 'item')} ${retried === 1 ? 'is' : 'are'} valid`}>
          {changed === retried
            ? 'All of them change.'
            : `${formatNumber(changed)} change, the others stay as they are.`}
        </Notice>
      )}
      <EditedRows rows={preview} fields={fields} />
      {preview.length < retried + invalid ? (
        <p className="text-muted text-xs">
          The first {preview.length === 1 ? 'one is' : `${formatNumber(preview.length)} are`} shown.
        </p>
      ) : null}
    </section>
  );
}
