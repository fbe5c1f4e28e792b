import { clientOf, isOwnMachine } from './client-of';
import { RateLimiter } from './rate-limiter';

const PER_MINUTE = 600;

/** How often each address may ask where nobody has to say who they are. This machine's own have no limit. */
export class AddressLimits {
  readonly #limiter = new RateLimiter();

  /** @returns 0, or the whole seconds until the address may ask again. */
  take(address: string): number {
    return isOwnMachine(address) ? 0 : this.#limiter.take(clientOf(address), PER_MINUTE);
  }
}
