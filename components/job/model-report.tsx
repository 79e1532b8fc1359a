'use client';

import { formatNumber } from '@/components/ui/format';
import type { TrainingReport } from './training-report';

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
/** The darkest shade in percent, light enough for readable numbers. */
const DARKEST = 45;

/** The evaluation of a trained model on test rows: metrics, classes, and the confusion matrix. */
export function ModelReport({ report }: { report: TrainingReport }) {
  const { rows, classes } = report;
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <dl className="flex flex-wrap gap-x-8 gap-y-2">
        <Figure name="Accuracy" value={percent(report.accuracy)} />
        <Figure name="Baseline: most common class" value={percent(report.baselineAccuracy)} />
        <Figure name="Macro F1" value={percent(report.macroF1)} />
        <Figure name="Best epoch" value={`${report.bestEpoch} of ${report.epochs}`} />
      </dl>
      <p className="text-muted text-xs">
        Trained on {formatNumber(rows.training)} rows, validated on {formatNumber(rows.validation)}, measured on{' '}
        {formatNumber(rows.test)} that it had not seen.
      </p>
      <Confusion report={report} />
      <div className="overflow-x-auto">
        <table className="w-full text-xs">
          <caption className="mb-1 text-left font-medium text-sm">By class</caption>
          <thead className="text-left text-muted">
            <tr className="border-b">
              <th className="py-1 pr-4 font-normal">Class</th>
              <th className="py-1 pr-4 text-right font-normal">Precision</th>
              <th className="py-1 pr-4 text-right font-normal">Recall</th>
              <th className="py-1 pr-4 text-right font-normal">F1</th>
              <th className="py-1 text-right font-normal">Rows</th>
            </tr>
          </thead>
          <tbody className="tabular-nums">
            {classes.map((c) => (
              <tr key={c.label} className="border-b last:border-0">
                <th scope="row" className="max-w-48 truncate py-1 pr-4 text-left font-normal" title={c.label}>
                  {c.label}
                </th>
                <td className="py-1 pr-4 text-right">{percent(c.precision)}</td>
                <td className="py-1 pr-4 text-right">{percent(c.recall)}</td>
                <td className="py-1 pr-4 text-right">{percent(c.f1)}</td>
                <td className="py-1 text-right">{formatNumber(c.support)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt className="text-muted text-xs">{name}</dt>
      <dd className="font-semibold text-xl tracking-tight tabular-nums">{value}</dd>
    </div>
  );
}

/** Rows are actual classes, columns are predicted classes; the shade is the share of the row. */
function Confusion({ report: { classes, confusion } }: { report: TrainingReport }) {
  return (
    <section
      className="overflow-x-auto"
      aria-label="Confusion matrix"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <table className="border-separate border-spacing-0.5 text-xs">
        <caption className="mb-1 whitespace-nowrap text-left font-medium text-sm">
          Confusion matrix{' '}
          <span className="font-normal text-muted text-xs">rows: what it was · columns: predicted</span>
        </caption>
        <thead>
          <tr>
            <td />
            {classes.map(({ label }) => (
              <th key={label} scope="col" title={label} className="max-w-24 truncate px-2 py-1 font-normal text-muted">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {classes.map(({ label, support }, i) => (
            <tr key={label}>
              <th scope="row" title={label} className="max-w-40 truncate py-1 pr-2 text-right font-normal text-muted">
                {label}
              </th>
              {classes.map((column, j) => {
                const count = confusion[i]?.[j] ?? 0;
                const shade = support === 0 ? 0 : Math.round((count / support) * DARKEST);
                const color = i === j ? 'var(--color-status-completed)' : 'var(--color-status-failed)';
                return (
                  <td
                    key={column.label}
                    title={`${label} taken for ${column.label}: ${count} of ${support}`}
                    className="min-w-12 rounded-sm border px-2 py-1.5 text-center tabular-nums"
                    style={{ backgroundColor: `color-mix(in srgb, ${color} ${shade}%, transparent)` }}
                  >
                    {formatNumber(count)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
