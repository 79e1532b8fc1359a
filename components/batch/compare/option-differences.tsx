import { type OptionField, optionInWords } from '@/components/shared/batch-options';
import { Panel } from '@/components/ui/panel';
import { Table, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import type { ComparedSide, ComparisonDto } from '@/lib/contracts/compare';
import { stringifyJson } from '@/lib/contracts/json';

const COLUMNS = '[--columns:minmax(0,1fr)_minmax(0,1fr)_minmax(0,1fr)]';

interface OptionDifferencesProps {
  comparison: ComparisonDto;
  /** labels and units of options */
  fields: readonly OptionField[];
}

/** What was asked for differently, and what was changed after the launch. */
export function OptionDifferences({ comparison, fields }: OptionDifferencesProps) {
  const { options, here, there } = comparison;
  const fieldOf = (option: string) => fields.find(({ name }) => name === option);
  return (
    <Panel title="Options" flush>
      {options.length === 0 ? (
        <p className="px-3 py-2 text-muted text-sm">Both have the same type and options.</p>
      ) : (
        <Table aria-label="Options that differ" className={COLUMNS}>
          <TableHeader>
            <TableHead>Option</TableHead>
            <TableHead>This one</TableHead>
            <TableHead>Compared with</TableHead>
          </TableHeader>
          {options.map((option) => (
            <TableRow key={option.name}>
              <TableCell>{fieldOf(option.name)?.label ?? option.name}</TableCell>
              <TableCell className="font-mono text-xs">{shownValue(option.here, fieldOf(option.name))}</TableCell>
              <TableCell className="font-mono text-xs">{shownValue(option.there, fieldOf(option.name))}</TableCell>
            </TableRow>
          ))}
        </Table>
      )}
      <CodeDifference comparison={comparison} />
      <Changes label="This one" changes={here.optionChanges} />
      {here.batch.id === there.batch.id ? null : <Changes label="The other" changes={there.optionChanges} />}
    </Panel>
  );
}

/** @param field of an option whose label names a unit */
function shownValue(value: unknown, field?: OptionField): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number' && field) return optionInWords(field, value);
  return typeof value === 'string' ? value : stringifyJson(value);
}

/** Whether both ran with the same version of the code, where that is known of both. */
function CodeDifference({ comparison: { here, there } }: { comparison: ComparisonDto }) {
  const [now, then] = [here, there].map(({ codeVersions }) => codeVersions.flatMap(({ version }) => version ?? []));
  if (!now?.length || !then?.length) return null;
  const isSame = [...now].sort().join() === [...then].sort().join();
  return (
    <p className="border-t px-3 py-2 text-sm">
      {isSame ? (
        <span className="text-muted">
          Both ran with the code <code className="font-mono text-xs">{now.join(', ')}</code>.
        </span>
      ) : (
        <>
          The code has changed: <code className="font-mono text-xs">{then.join(', ')}</code> →{' '}
          <code className="font-mono text-xs">{now.join(', ')}</code>
        </>
      )}
    </p>
  );
}

function Changes({ label, changes }: { label: string; changes: ComparedSide['optionChanges'] }) {
  if (changes.length === 0) return null;
  return (
    <ul className="border-t px-3 py-2 text-sm">
      {changes.map(({ at, by, before, after }) => (
        <li key={at} className="[overflow-wrap:anywhere]">
          {label} was changed by {by} <Time at={at} />: <code className="font-mono text-xs">{shownValue(before)}</code>{' '}
          → <code className="font-mono text-xs">{shownValue(after)}</code>
        </li>
      ))}
    </ul>
  );
}
