/**
 * Whether the gateway is open: it has no credentials at all, and being on its machine is enough. It closes itself
 * once somebody has a key of role ADMIN, and stays closed.
 */
export class Openness {
  readonly #onClose: (() => void)[] = [];
  #open: boolean;

  constructor(open: boolean) {
    this.#open = open;
  }

  get open(): boolean {
    return this.#open;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const tell of this.#onClose) tell();
  }

  onClose(tell: () => void): void {
    this.#onClose.push(tell);
  }
}
