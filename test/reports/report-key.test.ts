import { type ReportQuestion, reportKey } from '../../src/reports/report-key';
import { HASH, plantedManifest } from './planted';

const question: ReportQuestion = {
  datasetHash: HASH,
  manifest: plantedManifest(),
  modelVersion: 1,
  segments: null,
  seed: null,
  groupBy: 'branch',
};

it('is the same for the same question, in whatever order it is written down', () => {
  const { name, ...others } = plantedManifest();
  expect(reportKey(question)).toMatch(/^[0-9a-f]{64}$/);
  expect(reportKey({ ...question, manifest: { ...others, name } })).toBe(reportKey(question));
});

it('differs with everything that the report depends on', () => {
  const relabelled = plantedManifest();
  const [segment] = relabelled.segments;
  if (segment !== undefined) segment.label = { en: 'Another name' };
  const questions: ReportQuestion[] = [
    question,
    { ...question, datasetHash: 'b'.repeat(64) },
    { ...question, manifest: relabelled },
    { ...question, manifest: null },
    { ...question, modelVersion: 2 },
    { ...question, segments: 1 },
    { ...question, seed: 1 },
    { ...question, groupBy: null },
    { ...question, groupBy: 'null' },
  ];
  expect(new Set(questions.map(reportKey)).size).toBe(questions.length);
});
