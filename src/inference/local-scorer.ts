import './quiet-runtime';
import { InferenceSession, Tensor, type TypedTensor } from 'onnxruntime-node';
import { ClientError } from '../errors';
import { checkRows } from './check-rows';
import type { Scorer, Scores } from './scorer';

/** A run's intermediate values then stay in the processor's cache, and no run holds the event loop for long. */
const ROWS_PER_RUN = 4096;

/** Scores with ONNX Runtime in this process. A run blocks the event loop while it lasts. */
export class LocalScorer implements Scorer {
  private constructor(
    private readonly session: InferenceSession,
    readonly featureCount: number,
    readonly segmentCount: number,
  ) {}

  /**
   * @param model an `.onnx` file's path, or its bytes.
   * @param threads of ONNX Runtime: 1 to serve (its idle threads spin), more only for bulk work.
   * @throws ClientError MODEL_UNAVAILABLE when it cannot be read, or has other inputs and outputs than `nnlsGraph`'s.
   */
  static async open(model: string | Uint8Array, threads = 1): Promise<LocalScorer> {
    const session = await openSession(model, threads);
    const featureCount = columns(session.inputMetadata, 'interests');
    const segmentCount = columns(session.outputMetadata, 'affinities');
    if (featureCount === null || segmentCount === null || !session.outputNames.includes('segment')) {
      await session.release();
      throw new ClientError(
        'MODEL_UNAVAILABLE',
        'The model has no input interests [n, d] and outputs affinities [n, k] and segment [n]',
      );
    }
    return new LocalScorer(session, featureCount, segmentCount);
  }

  async score(rows: Float32Array): Promise<Scores> {
    checkRows(rows, this.featureCount);
    const count = rows.length / this.featureCount;
    if (count <= ROWS_PER_RUN) return this.run(rows, count);

    const affinities = new Float32Array(count * this.segmentCount);
    const segments = new Int32Array(count);
    for (let start = 0; start < count; start += ROWS_PER_RUN) {
      const end = Math.min(count, start + ROWS_PER_RUN);
      const scores = await this.run(
        rows.subarray(start * this.featureCount, end * this.featureCount),
        end - start,
      );
      affinities.set(scores.affinities, start * this.segmentCount);
      segments.set(scores.segments, start);
    }
    return { affinities, segments };
  }

  async close(): Promise<void> {
    await this.session.release();
  }

  private async run(rows: Float32Array, count: number): Promise<Scores> {
    const interests = new Tensor('float32', rows, [count, this.featureCount]);
    const { affinities, segment } = await this.runSession({ interests });
    return { affinities: affinities.data, segments: Int32Array.from(segment.data, Number) };
  }

  private async runSession(inputs: { interests: Tensor }): Promise<Outputs> {
    try {
      return (await this.session.run(inputs)) as unknown as Outputs;
    } catch (cause) {
      throw new ClientError('MODEL_UNAVAILABLE', `The model failed: ${messageOf(cause)}`);
    }
  }
}

interface Outputs {
  readonly affinities: TypedTensor<'float32'>;
  readonly segment: TypedTensor<'int64'>;
}

async function openSession(model: string | Uint8Array, threads: number): Promise<InferenceSession> {
  const options: InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  };
  try {
    // One call per type: the overloads take no union.
    return typeof model === 'string'
      ? await InferenceSession.create(model, options)
      : await InferenceSession.create(model, options);
  } catch (cause) {
    throw new ClientError('MODEL_UNAVAILABLE', `The model cannot be opened: ${messageOf(cause)}`);
  }
}

/** The fixed second dimension of an input or output; null when it has none. */
function columns(values: readonly InferenceSession.ValueMetadata[], name: string): number | null {
  const value = values.find((v) => v.name === name);
  if (!value?.isTensor) return null;
  const [, size] = value.shape;
  return typeof size === 'number' ? size : null;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
