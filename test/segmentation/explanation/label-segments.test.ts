import { labelSegments } from '../../../src/segmentation/explanation/label-segments';
import { listWords } from '../../../src/segmentation/explanation/list-words';

describe('listWords', () => {
  it.each<[string[], string]>([
    [['Surf', 'Running', 'Climbing'], 'surf, running and climbing'],
    [['Italian food', 'Movies'], 'Italian food and movies'],
    [['Spending Score (1-100)', 'Detergents_Paper'], 'Spending Score (1-100) and Detergents_Paper'],
    [['BMX', 'Tea'], 'BMX and tea'],
    [[], ''],
  ])('%j', (words, text) => {
    expect(listWords(words, 'en')).toBe(text);
  });
});

describe('labelSegments', () => {
  const features = ['Tea', 'Surf'].map((en) => ({ key: en, label: { en }, group: null }));

  it('does not speak of what the solver left of nothing', () => {
    const components = [
      [1, 1e-10],
      [7e-11, 1],
    ];
    const labels = labelSegments(features, components, [0, 1]);
    expect(labels.map(({ description }) => description.en)).toEqual(['Above all tea.', 'Above all surf.']);
  });
});
