import { InferenceSession, Tensor } from 'onnxruntime-node';

const ROWS = 1_000_000;
const CHUNK = 4_096;

/** (c) One million rows through the model file with plain ONNX Runtime, at once and in chunks that fit the caches. */
export async function measureBulkScoring(): Promise<void> {
  process.stdout.write(
    `\n(c) ${ROWS.toLocaleString('en')} rows through model/nomads.onnx, plain ONNX Runtime, 2 threads\n`,
  );
  const session = await InferenceSession.create('model/nomads.onnx', { intraOpNumThreads: 2 });
  const features = 26;
  const rows = Float32Array.from({ length: ROWS * features }, () => (Math.random() < 0.4 ? 1 : 0));
  for (const [name, size] of [
    ['in chunks', CHUNK],
    ['at once', ROWS],
  ] as const) {
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      const start = performance.now();
      for (let row = 0; row < ROWS; row += size) {
        const count = Math.min(size, ROWS - row);
        const chunk = rows.subarray(row * features, (row + count) * features);
        await session.run({ interests: new Tensor('float32', chunk, [count, features]) });
      }
      times.push(performance.now() - start);
    }
    const [first = 0, ...rest] = times;
    process.stdout.write(
      `  ${name.padEnd(10)} first ${first.toFixed(0)} ms, then ${rest.map((time) => time.toFixed(0)).join(', ')} ms\n`,
    );
  }
  const peak = process.resourceUsage().maxRSS / 1000;
  process.stdout.write(`  peak memory ${peak.toFixed(0)} MB, the rows themselves included\n`);
  await session.release();
}
