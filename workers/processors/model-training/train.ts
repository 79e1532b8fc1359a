import { must } from '@/lib/contracts/must';
import type { InputOf, OutputOf } from '@/lib/job-types/catalogue';
import { TRAINING_LIMITS } from '@/lib/job-types/model-training';
import { PermanentError } from '@/workers/runtime/processor';
import { type Row, RowEncoder, type Sparse, wordOf } from './encode';
import { measure } from './measure';
import { type Model, widthOf } from './model';
import { Network } from './network';
import { best, Predictor } from './predict';
import { learnEncoders, randomOf, shuffle, splitRows } from './prepare-rows';
import { readTable, type TableReading } from './read-table';

export type TrainingOptions = Omit<InputOf<'model-training'>, 'fileId' | 'headerRow'>;
export type Trained = Omit<OutputOf<'model-training'>, 'modelFileId'>;

/** The progress of a training. `history` is set once for each epoch. */
export type Report =
  | { type: 'log'; level: 'info' | 'warn'; message: string }
  | { type: 'batch'; epoch: number; batch: number; batches: number }
  | { type: 'epoch'; epoch: number; loss: number; validationLoss: number };

const REPORT_EVERY_MS = 500;
const MIN_ROWS = 10;

const invalid = (message: string) => new PermanentError(message, 'invalid-data-set');

/**
 * Reads, splits and encodes the rows, trains with early stopping, and measures the model on the test rows. It blocks
 * the event loop, so it must run in a thread.
 */
export async function train(
  bytes: Uint8Array,
  options: TrainingOptions,
  reading: TableReading,
  report: (what: Report) => void,
): Promise<{ model: Model; trained: Trained }> {
  const { remarks, ...table } = await readTable(bytes, reading);
  for (const message of remarks) report({ type: 'log', level: 'info', message });
  const { rows, labels, classes, columns, withoutTarget } = prepare(table, options);
  const random = randomOf(options.seed);
  const split = splitRows(labels, options.testShare, random);
  if (split.test.length === 0 || split.validation.length === 0) {
    throw invalid('The data set has too few rows of each class to keep some aside for measuring.');
  }
  const pick = <T>(list: readonly T[], places: readonly number[]): T[] => places.map((i) => list[i] as T);
  const encoders = learnEncoders(pick(rows, split.training), columns);
  if (encoders.length === 0) throw invalid('No column holds anything to learn from.');
  const encoder = new RowEncoder(encoders);
  report({
    type: 'log',
    level: 'info',
    message: `${rows.length} rows, ${classes.length} classes, ${encoder.width} inputs from ${encoders.length} columns; ${split.training.length} rows train, ${split.validation.length} validate, ${split.test.length} test.`,
  });
  if (withoutTarget > 0) {
    report({
      type: 'log',
      level: 'warn',
      message: `${withoutTarget} rows have no ${options.target} and are left out.`,
    });
  }
  const encode = (places: readonly number[]) =>
    places.map((i) => encoder.encode(must(rows[i], 'A row of the data set')));
  const fitted = learn(
    { rows: encode(split.training), labels: pick(labels, split.training) },
    { rows: encode(split.validation), labels: pick(labels, split.validation) },
    { ...options, inputs: encoder.width, classes: classes.length },
    random,
    report,
  );
  const model: Model = {
    format: 'batchyard-classifier',
    version: 1,
    target: options.target,
    classes,
    encoders,
    layers: fitted.layers,
  };
  // The stored form of the model is measured, because predictions use it.
  const predictor = new Predictor(model);
  const pairs = split.test.map((i) => [labels[i] ?? 0, best(predictor.predict(rows[i] ?? {}))] as const);
  return {
    model,
    trained: {
      rows: {
        training: split.training.length,
        validation: split.validation.length,
        test: split.test.length,
        withoutTarget,
      },
      columns: encoders.map((e) => ({ name: e.name, kind: e.kind, width: widthOf(e) })),
      epochs: fitted.history.length,
      bestEpoch: fitted.bestEpoch,
      history: fitted.history,
      ...measure(classes, pairs),
    },
  };
}

function prepare(
  { rows: all, columns: present }: { rows: Row[]; columns: string[] },
  { target, columns: wanted }: TrainingOptions,
) {
  if (all.length === 0) throw invalid('The data set has no rows below its header.');
  if (wanted?.every((name) => name === target))
    throw invalid(`columns names only ${target}, which is to be predicted.`);
  if (!present.includes(target))
    throw invalid(`There is no column “${target}”; there are ${present.slice(0, 20).join(', ')}.`);
  const unknown = wanted?.filter((name) => !present.includes(name)) ?? [];
  if (unknown.length > 0)
    throw invalid(`There is no column “${unknown[0]}”; there are ${present.slice(0, 20).join(', ')}.`);
  const rows = all.filter((row) => wordOf(row[target]) !== '');
  if (rows.length < MIN_ROWS)
    throw invalid(`The data set has ${rows.length} rows with a ${target}; at least ${MIN_ROWS} are needed.`);
  const classes = [...new Set(rows.map((row) => wordOf(row[target])))].sort();
  if (classes.length < 2) throw invalid(`Every row has the same ${target}: there is nothing to learn.`);
  if (classes.length > TRAINING_LIMITS.classes) {
    throw invalid(
      `${target} has ${classes.length} different values; at most ${TRAINING_LIMITS.classes} classes are supported.`,
    );
  }
  const place = new Map(classes.map((label, i) => [label, i]));
  return {
    rows,
    labels: rows.map((row) => must(place.get(wordOf(row[target])), 'The class of a row')),
    classes,
    columns: (wanted ?? present).filter((name) => name !== target),
    withoutTarget: all.length - rows.length,
  };
}

interface Part {
  rows: Sparse[];
  labels: number[];
}

/** Trains epoch by epoch and keeps the weights of the epoch with the lowest validation loss. */
function learn(
  training: Part,
  validation: Part,
  options: TrainingOptions & { inputs: number; classes: number },
  random: () => number,
  report: (what: Report) => void,
) {
  const network = new Network(options);
  const order = training.rows.map((_, i) => i);
  const batches = Math.ceil(order.length / options.batchSize);
  const history: Trained['history'] = [];
  let bestLoss = Number.POSITIVE_INFINITY;
  let bestEpoch = 0;
  let layers = network.save();
  let said = Date.now();
  for (let epoch = 1; epoch <= options.epochs && epoch - bestEpoch <= options.patience; epoch++) {
    shuffle(order, random);
    let sum = 0;
    for (let batch = 0; batch < batches; batch++) {
      const some = order.slice(batch * options.batchSize, (batch + 1) * options.batchSize);
      sum +=
        some.length *
        network.train(
          some.map((i) => training.rows[i] as Sparse),
          some.map((i) => must(training.labels[i], 'The class of a row')),
        );
      if (Date.now() - said < REPORT_EVERY_MS) continue;
      said = Date.now();
      report({ type: 'batch', epoch, batch: batch + 1, batches });
    }
    const loss = sum / order.length;
    const validationLoss = network.evaluate(validation.rows, validation.labels);
    if (!Number.isFinite(loss) || !Number.isFinite(validationLoss)) {
      throw new PermanentError('The training diverged: try a smaller learningRate.', 'training-diverged');
    }
    history.push({ epoch, loss, validationLoss });
    report({ type: 'epoch', epoch, loss, validationLoss });
    if (validationLoss < bestLoss) {
      [bestLoss, bestEpoch, layers] = [validationLoss, epoch, network.save()];
    }
  }
  network.dispose();
  return { layers, bestEpoch, history };
}
