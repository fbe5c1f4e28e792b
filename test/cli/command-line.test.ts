import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifest } from '../../src/models/read-manifest';
import { defaultModelFile, defaultModelFolder } from '../../src/models/shipped/default-model';
import { parseManifest } from '../../src/onnx/manifest';
import { type Ended, openFolder, start } from './command-line';

const place = openFolder();
const run = (...args: string[]): Promise<Ended> => {
  const { child, ended } = start(place, ...args);
  child.stdin.end();
  return ended;
};
const inPlace = (name: string) => join(place.folder, name);
const files = () => readdirSync(place.folder).filter((name) => !name.startsWith('tmp-'));

/** Two groups of people: those who like the first three things, and those who like the others. */
function writePeople(name: string, rows: number): void {
  const lines = Array.from({ length: rows }, (_, i) =>
    [`person ${i}`, i % 2 === 0 ? 'Tea, Chess, Books' : 'Surf, Hiking, Climbing', 20 + (i % 40)].join(';'),
  );
  writeFileSync(inPlace(name), ['Name;Likes;Age', ...lines].join('\n'));
}

afterEach(() => {
  expect(readdirSync(place.tmp)).toEqual([]);
  expect(files().filter((name) => name.endsWith('.part'))).toEqual([]);
});

describe('tertulia', () => {
  it.each<[string[], string]>([
    [[], 'Usage: tertulia'],
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['train'], "missing required argument 'file'"],
    [['train', 'x.csv', '--segments', 'four'], 'It must be a whole number from 2 to'],
    [['train', 'x.csv', '--segments', '21'], 'from 2 to 20'],
    [['train', 'x.csv', '--range', '8-2'], 'The first number must not be the larger one'],
    [['train', 'x.csv', '--encoding', 'Likes=SOMETHING'], 'There is no kind SOMETHING, but IGNORE'],
    [['train', 'x.csv', '--encoding', 'Likes=CATEGORY:LOG'], 'Only NUMBER takes a scale'],
    [['train', 'x.csv', '--algorithm', 'magic'], 'Allowed choices are nmf, kmeans'],
    [['heatmap', '--locale', 'xx'], 'Allowed choices are en, es'],
  ])('ends with 2 when it is called wrongly: %j', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });

  it('helps', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('heatmap') });
  });

  it.each<[string[], string]>([
    [['score', 'nowhere.csv'], 'There is no file nowhere.csv to read\n'],
    [['train', 'nowhere.csv'], 'There is no file nowhere.csv to read\n'],
    [['score', 'nowhere.csv', '--model', 'nowhere.onnx'], 'There is no file nowhere.onnx\n'],
    [['train', '.'], '. is a folder: name a CSV file\n'],
    [['train', 'x.csv', '-o', '.'], '. is a folder: name a file to write\n'],
    [
      ['train', 'x.csv', '-o', 'nowhere/x.onnx'],
      'nowhere/x.onnx cannot be written: there is no writable folder nowhere\n',
    ],
    [
      ['heatmap', '-o', 'nowhere/x.svg'],
      'nowhere/x.svg cannot be written: there is no writable folder nowhere\n',
    ],
  ])('ends with 1 and one line when it fails: %j', async (args, stderr) => {
    expect(await run(...args)).toEqual({ code: 1, stdout: '', stderr });
  });
});

describe('tertulia heatmap', () => {
  it("draws the shipped model's, to a file or to standard output", async () => {
    const shipped = readFileSync(join(defaultModelFolder, 'nomads.svg'), 'utf8');
    expect(await run('heatmap')).toMatchObject({ code: 0, stdout: '' });
    expect(readFileSync(inPlace('heatmap.svg'), 'utf8')).toBe(shipped);
    expect(await run('heatmap', defaultModelFile, '-o', '-')).toEqual({
      code: 0,
      stdout: shipped,
      stderr: '',
    });
    expect((await run('heatmap', '--locale', 'es', '-o', '-')).stdout).toContain('Los segmentos de nomads');
  });

  it('says when a file is no model', async () => {
    writeFileSync(inPlace('no.onnx'), 'not a model');
    const { code, stderr } = await run('heatmap', 'no.onnx');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^no\.onnx is no model of Tertulia: .*\n$/),
    });
  });
});

describe('tertulia train', () => {
  it('makes a model that scores, and goes on from one', async () => {
    writePeople('people.csv', 60);
    const encoding = ['Name=IGNORE', 'Likes=MULTI_CHOICE', 'Age=number:log'];
    const trained = await run('train', 'people.csv', '--segments', '2', '--encoding', ...encoding);
    expect(trained.stderr).toContain('Wrote people.onnx and people.json');
    expect(trained).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('2 segments of 60 rows and 7 features'),
    });
    const manifest = await readManifest(inPlace('people.onnx'));
    expect(parseManifest(readFileSync(inPlace('people.json'), 'utf8'), 'people.json')).toEqual(manifest);
    expect(manifest.features.map(({ key }) => key)).toEqual([
      'books',
      'chess',
      'climbing',
      'hiking',
      'surf',
      'tea',
      'age',
    ]);

    const scored = await run('score', 'people.csv', '--model', 'people.onnx');
    const clusters = scored.stdout
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').at(-4));
    expect(new Set(clusters.filter((_, i) => i % 2 === 0)).size).toBe(1);
    expect(new Set(clusters).size).toBe(2);

    const again = await run(
      'train',
      'people.csv',
      '-k',
      '2',
      '--champion',
      'people.onnx',
      '--seed',
      '7',
      '-o',
      'next.onnx',
      '--encoding',
      ...encoding,
    );
    expect(again.code).toBe(0);
    const next = await readManifest(inPlace('next.onnx'));
    expect(next).toMatchObject({ name: 'people', segments: manifest.segments, features: manifest.features });
  });

  it('chooses the number of segments of a range', async () => {
    writePeople('some.csv', 40);
    const { code, stdout } = await run(
      'train',
      'some.csv',
      '--range',
      '2-3',
      '--algorithm',
      'kmeans',
      '--name',
      'Some',
      '--encoding',
      'Name=IGNORE',
      'Age=NUMBER',
    );
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        /^Some: KMEANS, [23] segments.*\n {2}2 segments: .*\n {2}3 segments: error/,
      ),
    });
  });

  it('says in one line what is wrong with the data', async () => {
    writePeople('wrong.csv', 10);
    const { code, stderr } = await run('train', 'wrong.csv', '--encoding', 'Likes=NUMBER');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'Column "Likes" holds texts, which are no numbers: it can be IGNORE, MULTI_CHOICE, CATEGORY, BOOLEAN\n',
    });
    expect(files()).not.toContain('wrong.onnx');
  });
});

describe('tertulia score', () => {
  it('reads standard input and writes a file', async () => {
    const { features } = await readManifest(defaultModelFile);
    const { child, ended } = start(place, 'score', '-', '-o', 'scored.csv');
    child.stdin.end(
      `${features.map(({ key }) => key)}\n${features.map(() => 1)}\n${features.map(() => 0)}\n`,
    );
    expect(await ended).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('Scored 2 rows'),
    });
    const lines = readFileSync(inPlace('scored.csv'), 'utf8').split('\n');
    expect(lines[1]).toMatch(/,4,Stage and museums(,[\d.]+){4}$/);
    expect(lines[2]).toMatch(/,,,0,0,0,0$/);
  });

  it('names its columns apart from those of a file that was scored before', async () => {
    const { features } = await readManifest(defaultModelFile);
    const keys = features.map(({ key }) => key);
    writeFileSync(inPlace('before.csv'), `${keys},cluster,Segment\n${keys.map(() => 1)},9,x\n`);
    const { stdout } = await run('score', 'before.csv');
    expect(stdout).toContain(',cluster,Segment,cluster_2,segment_2,affinity_');
    expect(stdout).toContain(',9,x,4,Stage and museums,');
  });

  it('writes to a pipe, and puts no file in its place', async () => {
    const { features } = await readManifest(defaultModelFile);
    writeFileSync(inPlace('one.csv'), `${features.map(({ key }) => key)}\n${features.map(() => 1)}\n`);
    execFileSync('mkfifo', [inPlace('pipe')]);
    const { ended } = start(place, 'score', 'one.csv', '-o', 'pipe');
    expect(await readFile(inPlace('pipe'), 'utf8')).toContain('Stage and museums');
    expect(await ended).toMatchObject({ code: 0 });
    expect(statSync(inPlace('pipe')).isFIFO()).toBe(true);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const { features } = await readManifest(defaultModelFile);
    const row = `${features.map((_, i) => i % 2)}\n`;
    writeFileSync(inPlace('many.csv'), `${features.map(({ key }) => key)}\n${row.repeat(400_000)}`);
    const { child, ended } = start(place, 'score', 'many.csv', '-o', 'many-scored.csv');
    while (!files().includes('many-scored.csv.part')) await new Promise(setImmediate);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, stdout: '' });
    expect(files()).not.toContain('many-scored.csv');
  });
});
