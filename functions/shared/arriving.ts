/** Things that one part of a night makes while another takes them, in the order they are made. */
export class Arriving<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = [];
  #hasEnded = false;
  #wake = (): void => undefined;

  add(item: T): void {
    this.#waiting.push(item);
    this.#wake();
  }

  /** Nothing more comes; what has come is still handed out. */
  end(): void {
    this.#hasEnded = true;
    this.#wake();
  }

  /** For one taker. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      for (let item = this.#waiting.shift(); item !== undefined; item = this.#waiting.shift()) {
        yield item;
      }
      if (this.#hasEnded) return;
      await new Promise<void>((resolve) => { this.#wake = resolve; });
    }
  }
}
