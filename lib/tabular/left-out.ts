import type { LeftOut } from './row';

const MOST_NAMED = 3;

/** Collects the content of a file that is not in its rows, and describes it in sentences. */
export class LeftOutTally {
  #headerRow: number | undefined;
  #above: LeftOut[] = [];
  #below: LeftOut[] = [];
  #blank = 0;

  readonly onHeader = (at: number): void => {
    this.#headerRow ??= at;
  };

  readonly onLeftOut = (left: LeftOut): void => {
    if (left.why === 'blank') this.#blank += 1;
    else if (left.why === 'below') this.#below.push(left);
    else if (left.text !== '' && this.#above.length < MOST_NAMED) this.#above.push(left);
  };

  /** Reports the header row, if it is not the first one, and the rows above it. */
  aboutHeader(): string[] {
    if (this.#headerRow === undefined || this.#headerRow === 1) return [];
    const above = this.#above.length > 0 ? ` Left out above it: ${named(this.#above)}.` : '';
    return [`Row ${this.#headerRow} names the columns.${above}`];
  }

  /** Reports blank rows and notes below the header. */
  aboutRows(): string[] {
    const blank = this.#blank.toLocaleString('en');
    const below = this.#below.slice(0, MOST_NAMED);
    const more = this.#below.length - below.length;
    return [
      ...(this.#blank > 0 ? [`Left out: ${blank} blank ${this.#blank === 1 ? 'row' : 'rows'}.`] : []),
      ...(below.length > 0
        ? [`Left out as notes under the table: ${named(below)}${more > 0 ? ` and ${more} more` : ''}.`]
        : []),
    ];
  }
}

const named = (rows: readonly LeftOut[]): string =>
  rows.map(({ at, text }) => `row ${at} “${text.slice(0, 60)}”`).join(', ');
