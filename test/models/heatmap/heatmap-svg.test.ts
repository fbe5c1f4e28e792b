import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { colourOf } from '../../../src/models/heatmap/colour-scale';
import { heatmapSvg } from '../../../src/models/heatmap/heatmap-svg';
import { defaultModelFolder } from '../../../src/models/shipped/default-model';
import { parseManifest } from '../../../src/onnx/manifest';

const nomads = parseManifest(readFileSync(join(defaultModelFolder, 'nomads.json'), 'utf8'), 'nomads.json');
const texts = (svg: string) =>
  Array.from(svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g), ([, content]) => content);

describe('the heat map picture', () => {
  it('shows every value to two digits, row by row', () => {
    const largest = Math.max(...nomads.components.flat());
    const expected = nomads.features.flatMap((_, i) =>
      nomads.components.map((row) => ((row[i] as number) / largest).toFixed(2)),
    );
    const shown = texts(heatmapSvg(nomads, { locale: 'en' })).filter((t) => /^\d\.\d\d$/.test(t as string));
    expect(shown).toEqual(expected);
    expect(shown).toContain('1.00');
  });

  it.each([
    ['en', ['The segments of nomads', 'Nightlife', 'Drinks at night', 'Culture']],
    ['es', ['Los segmentos de nomads', 'Vida nocturna', 'Copas de noche', 'Cultura']],
  ] as const)('speaks %s', (locale, words) => {
    expect(texts(heatmapSvg(nomads, { locale }))).toEqual(expect.arrayContaining([...words]));
  });

  it('tells those who cannot see it what it shows', () => {
    const svg = heatmapSvg(nomads, { locale: 'en' });
    expect(svg).toContain('role="img" aria-labelledby="heatmap-title heatmap-desc"');
    expect(svg).toContain('3 Nightlife: Drinks at night 1.00, Parties 0.91, Concerts 0.79.');
  });

  it('shows features of no group, and escapes what people wrote', () => {
    const features = nomads.features.map((f, i) =>
      i === 0 ? { key: f.key, label: { en: '<script>&"\u0001' }, group: null } : { ...f, group: null },
    );
    const svg = heatmapSvg({ ...nomads, name: 'A & B', features, groups: [] }, { locale: 'es' });
    expect(texts(svg)).toContain('&lt;script&gt;&amp;&quot;\uFFFD');
    expect(texts(svg)).toContain('Los segmentos de A &amp; B');
    expect(svg).not.toContain('<script');
    expect(texts(svg)).not.toContain('Deporte');
  });
});

describe('the colour scale', () => {
  const luminance = (hex: string) => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => {
      const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const steps = Array.from({ length: 101 }, (_, i) => colourOf(i / 100));

  it('darkens all the way', () => {
    const lights = steps.map(({ fill }) => luminance(fill));
    expect(lights).toEqual(lights.toSorted((a, b) => b - a));
    expect(new Set(lights).size).toBeGreaterThan(95);
  });

  it('keeps text readable: a contrast of at least 4.5 to 1', () => {
    for (const { fill, text } of steps) {
      const [dark = 0, light = 0] = [luminance(fill), luminance(text)].sort((a, b) => a - b);
      expect((light + 0.05) / (dark + 0.05)).toBeGreaterThanOrEqual(4.5);
    }
  });
});
