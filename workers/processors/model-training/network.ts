import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
// The Node build of the core contains no gradients, so they are registered here.
import '@tensorflow/tfjs-layers';
import type { Sparse } from './encode';
import type { Layer } from './model';

export interface NetworkOptions {
  inputs: number;
  classes: number;
  /** 0: a linear model */
  hiddenUnits: number;
  learningRate: number;
  seed: number;
}

/** L2 regularization: without it the network overfits small data sets. */
const DECAY = 1e-4;
const EVALUATED_AT_ONCE = 256;

/** A small classifier network with one hidden layer or none. The same seed gives the same weights. */
export class Network {
  readonly #options: NetworkOptions;
  readonly #optimizer: tf.Optimizer;
  readonly #layers: {
    kernel: tf.Variable<tf.Rank.R2>;
    bias: tf.Variable<tf.Rank.R1>;
    activation: Layer['activation'];
  }[];

  constructor(options: NetworkOptions) {
    // The plain JavaScript backend is intended. Otherwise the library recommends to install a native package.
    tf.enableProdMode();
    this.#options = options;
    const { inputs, classes, hiddenUnits, seed } = options;
    this.#optimizer = tf.train.adam(options.learningRate);
    this.#layers =
      hiddenUnits > 0
        ? [layerOf(inputs, hiddenUnits, 'relu', seed), layerOf(hiddenUnits, classes, 'softmax', seed + 1)]
        : [layerOf(inputs, classes, 'softmax', seed)];
  }

  /** Trains on a mini-batch. @returns the loss before the update */
  train(rows: readonly Sparse[], labels: readonly number[]): number {
    return tf.tidy(() => {
      const [x, y] = [this.#dense(rows), this.#oneHot(labels)];
      const cost = this.#optimizer.minimize(() => tf.add(this.#loss(x, y), this.#decay()) as tf.Scalar, true);
      return cost?.dataSync()[0] ?? Number.NaN;
    });
  }

  /** Returns the mean loss of rows without training on them. */
  evaluate(rows: readonly Sparse[], labels: readonly number[]): number {
    let sum = 0;
    for (let i = 0; i < rows.length; i += EVALUATED_AT_ONCE) {
      const some = rows.slice(i, i + EVALUATED_AT_ONCE);
      const loss = tf.tidy(
        () => this.#loss(this.#dense(some), this.#oneHot(labels.slice(i, i + some.length))).dataSync()[0],
      );
      sum += (loss ?? 0) * some.length;
    }
    return rows.length === 0 ? Number.NaN : sum / rows.length;
  }

  /** Returns the current weights in their stored form. */
  save(): Layer[] {
    return this.#layers.map(({ kernel, bias, activation }) => ({
      inputs: kernel.shape[0],
      units: kernel.shape[1],
      activation,
      kernel: base64(kernel.dataSync()),
      bias: base64(bias.dataSync()),
    }));
  }

  dispose(): void {
    for (const { kernel, bias } of this.#layers) tf.dispose([kernel, bias]);
    this.#optimizer.dispose();
  }

  #loss(x: tf.Tensor2D, y: tf.Tensor): tf.Scalar {
    let out: tf.Tensor2D = x;
    for (const { kernel, bias, activation } of this.#layers) {
      const sums = tf.add(tf.matMul(out, kernel), bias) as tf.Tensor2D;
      // The loss function takes logits, because it includes the softmax.
      out = activation === 'relu' ? tf.relu(sums) : sums;
    }
    return tf.losses.softmaxCrossEntropy(y, out) as tf.Scalar;
  }

  #decay(): tf.Scalar {
    const squares = this.#layers.map(({ kernel }) => tf.sum(tf.square(kernel)));
    return tf.mul(DECAY, tf.addN(squares)) as tf.Scalar;
  }

  #dense(rows: readonly Sparse[]): tf.Tensor2D {
    const { inputs } = this.#options;
    const values = new Float32Array(rows.length * inputs);
    for (const [i, { at, value }] of rows.entries())
      for (const [k, place] of at.entries()) values[i * inputs + place] = value[k] ?? 0;
    return tf.tensor2d(values, [rows.length, inputs]);
  }

  #oneHot(labels: readonly number[]): tf.Tensor {
    return tf.oneHot(tf.tensor1d(Int32Array.from(labels), 'int32'), this.#options.classes);
  }
}

/** Glorot initialization. */
function layerOf(inputs: number, units: number, activation: Layer['activation'], seed: number) {
  const limit = Math.sqrt(6 / (inputs + units));
  return {
    kernel: tf.variable(tf.randomUniform<tf.Rank.R2>([inputs, units], -limit, limit, 'float32', seed)),
    bias: tf.variable(tf.zeros<tf.Rank.R1>([units])),
    activation,
  };
}

const base64 = (values: ArrayLike<number>): string => Buffer.from(Float32Array.from(values).buffer).toString('base64');
