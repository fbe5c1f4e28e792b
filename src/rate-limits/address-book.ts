/** Counts the connections of every address. */
export class AddressBook {
  readonly #limit: number;
  readonly #connections = new Map<string, number>();

  /** @param limit connections that one address may have. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  isFull(address: string): boolean {
    return (this.#connections.get(address) ?? 0) >= this.#limit;
  }

  enter(address: string): void {
    this.#connections.set(address, (this.#connections.get(address) ?? 0) + 1);
  }

  leave(address: string): void {
    const left = (this.#connections.get(address) ?? 0) - 1;
    if (left > 0) this.#connections.set(address, left);
    else this.#connections.delete(address);
  }
}
