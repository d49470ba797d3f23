/** Why a filter cannot be read, and where. Thrown inside the parser only; `parseFilter` turns it into a result. */
export class FilterProblem extends Error {
  /** Of the first wrong character, from 0. */
  readonly column: number;

  constructor(message: string, column: number) {
    super(message);
    this.column = column;
  }
}
