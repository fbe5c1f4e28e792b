import { Gauge } from 'prom-client';
import { ClientError } from '../../errors';
import type { Metrics } from '../../metrics';
import type { Drift, DriftWatch } from './drift';

export interface DriftGaugesOptions {
  readonly metrics: Metrics;
  readonly drift: DriftWatch;
  /** Whose drift is told. */
  readonly organizations: () => readonly string[];
  readonly onError: (error: unknown) => void;
}

/**
 * Tells Prometheus how far every organization's members are from its champion's training data. A scrape does not wait
 * for that: it gets what was known, and has it measured anew in the background, one organization after the other.
 */
export class DriftGauges {
  readonly #options: DriftGaugesOptions;
  readonly #segments: Gauge<'organization'>;
  readonly #interests: Gauge<'organization'>;
  #refreshing: Promise<void> | null = null;
  #closed = false;

  constructor(options: DriftGaugesOptions) {
    this.#options = options;
    const { registry } = options.metrics;
    this.#segments = new Gauge({
      name: 'tertulia_drift_segments_psi',
      help: "Population stability index of the champion's segments: members now against the training data.",
      labelNames: ['organization'],
      registers: [registry],
      collect: () => this.#refreshInBackground(),
    });
    this.#interests = new Gauge({
      name: 'tertulia_drift_interests_psi',
      help: 'Mean population stability index of the interests: members now against the training data.',
      labelNames: ['organization'],
      registers: [registry],
    });
  }

  /** Resolves when nothing is measured any more, and nothing will be. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#refreshing;
  }

  #refreshInBackground(): void {
    if (this.#closed) return;
    this.#refreshing ??= this.#refresh()
      .catch(this.#options.onError)
      .finally(() => {
        this.#refreshing = null;
      });
  }

  async #refresh(): Promise<void> {
    for (const organization of this.#options.organizations()) {
      if (this.#closed) return;
      const drift = await this.#drift(organization);
      set(this.#segments, organization, drift?.segmentStability ?? null);
      set(this.#interests, organization, drift?.featureStability ?? null);
    }
  }

  /** Null: the organization has no champion just now. */
  async #drift(organization: string): Promise<Drift | null> {
    return this.#options.drift.drift(organization).catch((error: unknown) => {
      if (error instanceof ClientError) return null;
      throw error;
    });
  }
}

function set(gauge: Gauge<'organization'>, organization: string, value: number | null): void {
  if (value === null) gauge.remove({ organization });
  else gauge.set({ organization }, value);
}
