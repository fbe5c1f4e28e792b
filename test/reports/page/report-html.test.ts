import fc from 'fast-check';
import { type Browser, chromium } from 'playwright-core';
import { reportHtml } from '../../../src/reports/page/report-html';
import { describeWith, service } from '../../services';
import { contentNamed } from '../content';

const plain = contentNamed((what) => what);

/** Tags in order, with their attributes' names: what the page is made of, whatever it says. */
function skeleton(html: string): string[] {
  return (html.match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(/"[^"]*"/g, '""'));
}

it('shows every part', () => {
  const html = reportHtml(plain);
  for (const id of ['sizes', 'segments', 'heatmap', 'means', 'cross-table', 'choice', 'method']) {
    expect(html).toContain(`<section id="${id}"`);
    expect(html).toContain(`<a href="#${id}">`);
  }
});

it('leaves out what was not asked for and what nobody measured', () => {
  const metrics = { ...plain.model.metrics, candidates: [], recommendedSegments: null };
  const html = reportHtml({ ...plain, crossTable: null, model: { ...plain.model, metrics } });
  expect(html).not.toContain('<section id="cross-table"');
  expect(html).not.toContain('<section id="choice"');
});

it('needs no script and nothing from elsewhere', () => {
  const html = reportHtml(plain);
  expect(html).not.toMatch(/<script|<link|<iframe|\son\w+=|@import|url\(|(src|href)="(?!data:image|#)/i);
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
});

it('shows names as they are, whatever they hold', () => {
  const expected = skeleton(reportHtml(plain));
  const unit = fc.constantFrom(
    '<',
    '>',
    '"',
    "'",
    '&',
    '=',
    '/',
    '`',
    '<script>',
    '</style>',
    '-->',
    '&lt;',
    'a',
    'é',
    ' ',
  );
  fc.assert(
    fc.property(fc.string({ unit, minLength: 1, maxLength: 20 }), (hostile) => {
      expect(skeleton(reportHtml(contentNamed((what) => `${what}${hostile}`)))).toEqual(expected);
    }),
  );
});

it('holds no number that is none, also of one segment without rows', () => {
  const [first] = plain.segments;
  if (first === undefined) throw new Error('no segment');
  const html = reportHtml({
    ...plain,
    dataset: { ...plain.dataset, rows: 0 },
    segments: [{ ...first, size: 0, share: 0, means: [null, null], topFeatures: [] }],
    featureMeans: [0, 0],
    heatmap: [[0], [0]],
    columns: [{ name: 'c', mean: null, segmentMeans: [null] }],
    crossTable: { column: 'c', type: 'TEXT', values: [], association: null },
  });
  expect(html).not.toMatch(/NaN|Infinity|undefined|null/);
});

describeWith('chromium')('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    const args = ['--headless', '--no-sandbox', '--disable-gpu'];
    browser = await chromium.launch({ executablePath: service('chromium') ?? '', args });
  });
  afterAll(() => browser.close());

  it.each([390, 1200])('fits a page of %d pixels, runs nothing and asks for nothing', async (width) => {
    const hostile = '<script>document.title = 1</script>"\'><img src=x onerror=alert(1)>&lt;';
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('request', (request) => {
      if (!/^(data|about):/.test(request.url())) complaints.push(request.url());
    });
    await page.setContent(reportHtml(contentNamed((what) => `${what} ${hostile} ${'x'.repeat(60)}`)));

    // A function of the page: written as text, as this project's types know no browser.
    const found = await page.evaluate(`({
      title: document.title,
      scripts: document.scripts.length,
      images: [...document.images].map((image) => image.complete && image.naturalWidth > 0),
      tooWide: document.documentElement.scrollWidth - innerWidth,
      unlabelled: document.querySelectorAll('svg:not([aria-label]):not([aria-hidden]), table:not(:has(caption))').length,
    })`);
    expect(found).toEqual({
      title: `title ${hostile} ${'x'.repeat(60)}`,
      scripts: 0,
      images: [true],
      tooWide: 0,
      unlabelled: 0,
    });
    expect(complaints).toEqual([]);
    await page.close();
  });
});
