import { type Row, RowEncoder, type Sparse } from './encode';
import type { Layer, Model } from './model';

/** The weights and biases of a stored layer. */
function floats(base64: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return new Float32Array(bytes.buffer, 0, Math.floor(bytes.byteLength / 4));
}

/** A loaded model. It computes only with inputs that are not zero. */
export class Predictor {
  readonly #encoder: RowEncoder;
  readonly #layers: { layer: Layer; kernel: Float32Array; bias: Float32Array }[];

  /** @throws Error when the sizes of the layers do not match */
  constructor(readonly model: Model) {
    this.#encoder = new RowEncoder(model.encoders);
    this.#layers = model.layers.map((layer) => ({ layer, kernel: floats(layer.kernel), bias: floats(layer.bias) }));
    let inputs = this.#encoder.width;
    for (const { layer, kernel, bias } of this.#layers) {
      if (layer.inputs !== inputs || kernel.length !== inputs * layer.units || bias.length !== layer.units) {
        throw new Error('The layers of the model do not fit each other.');
      }
      inputs = layer.units;
    }
    if (inputs !== model.classes.length) throw new Error('The model has not one output for each class.');
  }

  /** Returns the probability of each class, in the model's order. */
  predict(row: Row): number[] {
    let sparse: Sparse = this.#encoder.encode(row);
    let out: number[] = [];
    for (const { layer, kernel, bias } of this.#layers) {
      out = Array.from(bias);
      for (const [i, at] of sparse.at.entries()) {
        const value = sparse.value[i] ?? 0;
        for (let u = 0; u < layer.units; u++) out[u] = (out[u] ?? 0) + value * (kernel[at * layer.units + u] ?? 0);
      }
      out = layer.activation === 'relu' ? out.map((x) => Math.max(0, x)) : softmax(out);
      sparse = { at: out.map((_, i) => i), value: out };
    }
    return out;
  }

  /** Returns columns of the model that the row lacks. */
  missing(row: Row): string[] {
    return this.model.encoders.map(({ name }) => name).filter((name) => row[name] === undefined || row[name] === '');
  }
}

function softmax(values: number[]): number[] {
  const most = Math.max(...values);
  const powers = values.map((v) => Math.exp(v - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((p) => p / sum);
}

/** Returns the index of the maximum. */
export const best = (values: ArrayLike<number>): number => {
  let at = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] ?? 0) > (values[at] ?? 0)) at = i;
  return at;
};
