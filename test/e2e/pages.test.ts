import { type Browser, chromium, type Page } from 'playwright-core';
import { AssignDocument } from '../client/generated';
import { describeWith, service } from '../services';
import { useGateway } from './gateway';
import { LIKES } from './people';
import { embeddedStorage } from './storages';

const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const NO_INTERNET = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';

describeWith('chromium')('in a browser without internet', () => {
  const gateway = useGateway(embeddedStorage);
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let elsewhere: string[];

  beforeAll(async () => {
    const executablePath = service('chromium') ?? '';
    browser = await chromium.launch({ executablePath, args: [...QUIET, NO_INTERNET] });
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    page = await browser.newPage();
    complaints = [];
    elsewhere = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (/^https?:/.test(request.url()) && !request.url().startsWith(gateway.url))
        elsewhere.push(request.url());
    });
  });
  afterEach(() => page.close());

  async function runInGraphiql(query: string): Promise<void> {
    await page.goto(`${gateway.url}/graphiql?query=${encodeURIComponent(query)}`);
    await page.locator('.graphiql-editors').getByText(query.slice(0, 12)).waitFor();
    await page.locator('.graphiql-execute-button').click();
  }
  async function result(text: string): Promise<void> {
    await page.locator('.result-window').getByText(text).first().waitFor();
  }
  async function assign(userId: string) {
    const input = { userId, city: 'Lisbon', interests: LIKES[1] };
    return (await gateway.client.run(AssignDocument, { input })).assignCluster;
  }

  it('/ leads to every page', async () => {
    await page.goto(gateway.url);
    const links = page.locator('nav a');
    const paths = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    expect(paths).toEqual(
      expect.arrayContaining(['/graphql', '/graphiql', '/heatmap.svg', '/health/ready', '/metrics']),
    );
    for (const path of paths) {
      await page.goto(gateway.url);
      const [response] = await Promise.all([
        page.waitForResponse((answer) => answer.url() === gateway.url + path),
        page.locator(`nav a[href="${path}"]`).click(),
      ]);
      expect([path, response.status()]).toEqual([path, 200]);
      await page.waitForURL(gateway.url + path);
    }
  });

  it('/ shows the heat map, and nothing is refused by its own policy', async () => {
    await page.goto(gateway.url);
    const picture = page.locator('img[src="/docs/heatmap.svg"]');
    await picture.scrollIntoViewIfNeeded();
    expect(
      await picture.evaluate((image) => (image as { naturalWidth?: number }).naturalWidth),
    ).toBeGreaterThan(100);
    expect([complaints, elsewhere]).toEqual([[], []]);
  });

  it('/graphiql runs queries', async () => {
    await runInGraphiql('{ segments { number key } }');
    await result('"number": 4');
    expect([complaints, elsewhere]).toEqual([[], []]);
  });

  it('/graphiql shows events as they happen', async () => {
    await assign('early');
    await runInGraphiql('subscription { roomMembershipChanged(city: "Lisbon", after: 0) { seq userId } }');
    await result('"early"');
    await assign('later');
    await result('"later"');
    expect([complaints, elsewhere]).toEqual([[], []]);
  });

  it('/graphql says that Sandbox cannot be reached, and leads to GraphiQL', async () => {
    await page.goto(`${gateway.url}/graphql`);
    await page.getByText('Apollo Sandbox cannot be reached from here.').waitFor();
    await page.getByRole('link', { name: 'GraphiQL' }).click();
    await page.waitForURL(`${gateway.url}/graphiql`);
    await page.locator('.graphiql-execute-button').waitFor();
  });

  it('/heatmap.svg is a picture with every interest in words', async () => {
    await page.goto(`${gateway.url}/heatmap.svg`);
    const { width, height } = (await page.locator('svg').first().boundingBox()) ?? { width: 0, height: 0 };
    expect(Math.min(width, height)).toBeGreaterThan(300);
    for (const label of ['Climbing', 'Rural tourism', 'Drinks at night']) {
      expect(await page.getByText(label, { exact: true }).first().isVisible()).toBe(true);
    }
    expect([complaints, elsewhere]).toEqual([[], []]);
  });
});
