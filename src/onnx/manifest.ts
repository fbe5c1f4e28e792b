import { z } from 'zod';

export type Locale = 'en' | 'es';

/** Text for people: English always, Spanish where somebody wrote it. */
const localizedText = z.strictObject({ en: z.string().min(1), es: z.string().min(1).optional() });
export type LocalizedText = z.infer<typeof localizedText>;

/** The text in the wanted language, or in English where there is no other. */
export function inLocale(text: LocalizedText, locale: Locale): string {
  return text[locale] ?? text.en;
}

const key = z.string().min(1).max(200);

/** One input column of a model, called an interest in the community domain. */
const feature = z.strictObject({
  key,
  label: localizedText,
  /** The key of the group it is shown in; null: none. */
  group: key.nullable(),
});
export type Feature = z.infer<typeof feature>;

/** Features that are shown together: sport, food, … */
const group = z.strictObject({ key, label: localizedText });

/** One component of the model, in the order of `components`. */
const segment = z.strictObject({
  /** From 1; apps call it the cluster. It stays with the segment when the model is trained anew. */
  number: z.int().min(1),
  /** As stable as `number`. */
  key,
  label: localizedText,
  description: localizedText,
});
export type SegmentDescription = z.infer<typeof segment>;

const column = z.string();
/** From what a cell says to the key of the feature that it sets to one. */
const choices = z.record(z.string(), key);

/** How one column of a data set became features. */
const columnEncoding = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('IGNORE'), column }),
  z.strictObject({ kind: z.literal('BOOLEAN'), column, feature: key }),
  z.strictObject({ kind: z.literal('CATEGORY'), column, choices }),
  z.strictObject({ kind: z.literal('MULTI_CHOICE'), column, separator: z.string().min(1), choices }),
  /** A ragged list of items per line: the line is the one column. */
  z.strictObject({ kind: z.literal('BASKET'), column, separator: z.string().min(1), choices }),
  /** The value (LOG: its log(1 + value)) over `divisor`. */
  z.strictObject({
    kind: z.literal('NUMBER'),
    column,
    feature: key,
    scale: z.enum(['NONE', 'MAX', 'LOG']),
    divisor: z.number().positive(),
  }),
]);
export type ColumnEncoding = z.infer<typeof columnEncoding>;

const segmentationManifest = z
  .strictObject({
    name: key,
    task: z.literal('SEGMENTATION'),
    algorithm: z.enum(['NMF', 'KMEANS']),
    createdAt: z.iso.datetime(),
    /** The vocabulary: the model's input columns, in order. */
    features: z.array(feature).min(1),
    groups: z.array(group),
    segments: z.array(segment).min(1),
    /** H, segments × features. */
    components: z.array(z.array(z.number().nonnegative())).min(1),
    encoding: z.array(columnEncoding),
    /** What training measured, for people and for `Model.metrics`. */
    metrics: z.record(z.string(), z.json()),
    /** SHA-256 of the data set in hexadecimal; null: not trained here. */
    datasetHash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullable(),
  })
  .superRefine((manifest, context) => {
    const complain = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    const { features, groups, segments, components, encoding } = manifest;

    if (hasRepeats(features.map((f) => f.key))) complain(['features'], 'two features have the same key');
    if (hasRepeats(groups.map((g) => g.key))) complain(['groups'], 'two groups have the same key');
    features.forEach(({ group }, i) => {
      if (group !== null && !groups.some((g) => g.key === group)) {
        complain(['features', i, 'group'], `there is no group "${group}"`);
      }
    });
    if (hasRepeats(segments.map((s) => s.key))) complain(['segments'], 'two segments have the same key');
    if (hasRepeats(segments.map((s) => s.number)))
      complain(['segments'], 'two segments have the same number');
    if (components.length !== segments.length) {
      complain(['components'], `${components.length} components for ${segments.length} segments`);
    }
    components.forEach((row, s) => {
      if (row.length !== features.length) {
        complain(['components', s], `${row.length} weights for ${features.length} features`);
      }
    });
    const known = new Set(features.map((f) => f.key));
    encoding.forEach((column, i) => {
      for (const target of targets(column)) {
        if (!known.has(target)) complain(['encoding', i], `there is no feature "${target}"`);
      }
    });
  });

/**
 * What a segmentation model is: it travels inside the ONNX file (`manifestOf`) and stands beside it as
 * JSON. `features`, `segments` and `components` keep their order: index i here is column i there.
 */
export type SegmentationManifest = z.infer<typeof segmentationManifest>;

/**
 * Checks a manifest from outside.
 *
 * @param source where it comes from, for the message.
 * @throws Error that lists everything wrong, by path.
 */
export function parseManifest(json: string, source: string): SegmentationManifest {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new Error(`The manifest of ${source} is not JSON`, { cause });
  }
  const result = segmentationManifest.safeParse(value);
  if (!result.success)
    throw new Error(`The manifest of ${source} is wrong:\n${z.prettifyError(result.error)}`);
  return result.data;
}

function hasRepeats(values: readonly unknown[]): boolean {
  return new Set(values).size < values.length;
}

function targets(encoding: ColumnEncoding): string[] {
  if ('feature' in encoding) return [encoding.feature];
  if ('choices' in encoding) return Object.values(encoding.choices);
  return [];
}
