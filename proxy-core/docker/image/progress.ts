import { type Step, stepBegun } from './steps.ts';

/** Turns Docker's account of a build or a pull into steps for the user. */
export class BuildProgress {
  readonly #base: string;
  readonly #tell: (step: string) => void;
  /** Bytes of each layer that is downloaded: there, and in all. */
  readonly #layers = new Map<string, { current: number; total: number }>();
  #last = '';

  /** `base`: the image that is downloaded. */
  constructor(base: string, tell: (step: string) => void) {
    this.#base = base;
    this.#tell = tell;
  }

  hear(step: Step): void {
    const begun = stepBegun(step);
    if (begun !== null) this.#say(`Building the agent’s image: step ${begun.step} of ${begun.of}`);
    else if (step.status === 'Downloading') this.#download(step);
    else if (step.status === 'Download complete') this.#complete(step.id ?? '');
  }

  #download({ id = '', progressDetail = {} }: Step): void {
    const { current = 0, total = 0 } = progressDetail;
    this.#layers.set(id, { current, total });
    this.#tellDownload();
  }

  #complete(id: string): void {
    const layer = this.#layers.get(id);
    if (layer === undefined) return;
    layer.current = layer.total;
    this.#tellDownload();
  }

  #tellDownload(): void {
    let current = 0;
    let total = 0;
    for (const layer of this.#layers.values()) {
      current += layer.current;
      total += layer.total;
    }
    const share = total === 0 ? '' : ` ${String(Math.floor((100 * current) / total))} %`;
    this.#say(`Downloading ${this.#base}:${share}`.replace(/:$/, ''));
  }

  /** Docker tells ten times a second; a step is told when it reads differently. */
  #say(text: string): void {
    if (text === this.#last) return;
    this.#last = text;
    this.#tell(text);
  }
}
