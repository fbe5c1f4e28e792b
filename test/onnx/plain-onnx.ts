import { InferenceSession, Tensor } from 'onnxruntime-node';

export interface PlainScores {
  readonly affinities: number[][];
  readonly segments: number[];
}

/** Scores rows with stock ONNX Runtime and nothing of ours, as anyone could who has the file. */
export async function scorePlainly(
  model: Uint8Array,
  rows: readonly (readonly number[])[],
): Promise<PlainScores> {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  try {
    const width = rows[0]?.length ?? 0;
    const interests = new Tensor('float32', Float32Array.from(rows.flat()), [rows.length, width]);
    const { affinities, segment } = await session.run({ interests });
    const weights = affinities?.data as Float32Array;
    const k = weights.length / rows.length;
    return {
      affinities: rows.map((_, i) => Array.from(weights.subarray(i * k, (i + 1) * k))),
      segments: Array.from(segment?.data as BigInt64Array, Number),
    };
  } finally {
    await session.release();
  }
}
