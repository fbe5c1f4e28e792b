import { Command, CommanderError, Option } from 'commander';
import { ConfigError } from '../config';
import { ClientError } from '../errors';
import { DEFAULT_ORGANIZATION } from '../viewer';
import { encodingOption, rangeOption, seedOption, segmentsOption } from './option-values';

const [FAILED, WRONG_USAGE, INTERRUPTED] = [1, 2, 130];

/**
 * Does what the arguments say. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
 *
 * Commands load what they need when they are called: the gateway's process carries nothing of the others.
 */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(argv);
  } catch (error) {
    process.exitCode = tell(error);
  }
}

function createProgram(): Command {
  const program = new Command('tertulia')
    .description(
      'Clusters people by their interests. Configured by the environment: see README.md, .env.example.',
    )
    .exitOverride()
    .showHelpAfterError();

  program
    .command('serve')
    .description('serve the gateway')
    .action(async () => (await import('./serve.js')).serve());

  program
    .command('train')
    .description(
      'train a segmentation on a CSV file; writes an ONNX model, and its manifest as JSON beside it',
    )
    .argument('<file>', 'CSV; - for standard input')
    .option(
      '-k, --segments <number>',
      'how many segments (unless said: the recommended number of the range)',
      segmentsOption,
    )
    .option('--range <from-to>', 'numbers of segments to compare (unless said: 2-8)', rangeOption)
    .addOption(new Option('--algorithm <name>', 'how').choices(['nmf', 'kmeans']).default('nmf'))
    .option('--seed <number>', 'the same seed gives the same model', seedOption, 42)
    .option('--name <name>', "the model's name (unless said: the file's)")
    .option(
      '--encoding <column=KIND...>',
      'how a column becomes features: IGNORE, MULTI_CHOICE[:separator], CATEGORY, BOOLEAN, NUMBER[:NONE|:MAX|:LOG], BASKET',
      encodingOption,
      [],
    )
    .option('--champion <model.onnx>', 'the model whose features, segments and their numbers go on')
    .option('-o, --output <model.onnx>', "where to write it (unless said: the model's name)")
    .action(async (file, options) => (await import('./train.js')).train(file, options));

  program
    .command('score')
    .description('tell the segment of every row of a CSV file, however long')
    .argument('<file>', 'CSV; - for standard input')
    .option(
      '-o, --output <file>',
      'CSV: the columns as they were, and cluster, segment and affinities; - for standard output',
      '-',
    )
    .option('-m, --model <model.onnx>', 'the model (unless said: the one that is shipped)')
    .action(async (file, options) => (await import('./score.js')).score(file, options));

  program
    .command('heatmap')
    .description("draw a model's segments as a picture")
    .argument('[model.onnx]', 'the model (unless said: the one that is shipped)')
    .option('-o, --output <file>', 'SVG; - for standard output', 'heatmap.svg')
    .addOption(new Option('--locale <language>', 'of its texts').choices(['en', 'es']).default('en'))
    .action(async (model, options) => (await import('./heatmap.js')).heatmap(model, options));

  addKeyCommands(
    program.command('key').description('the API keys of an organization, in the configured database'),
  );
  return program;
}

function addKeyCommands(key: Command): void {
  const ofOrganization = () => new Option('--organization <id>', 'whose').default(DEFAULT_ORGANIZATION);

  key
    .command('create')
    .description('make a key, and show it this once on standard output')
    .addOption(new Option('--role <role>', 'what it may do').choices(['ADMIN', 'APP']).makeOptionMandatory())
    .requiredOption('--label <text>', 'what it is for')
    .addOption(ofOrganization())
    .action(async (options) => (await import('./key.js')).createKey(options));

  key
    .command('list')
    .description('list the keys, the newest first')
    .addOption(ofOrganization())
    .action(async (options) => (await import('./key.js')).listKeys(options));

  key
    .command('revoke')
    .description('end a key: a running gateway takes it no more within 10 seconds')
    .argument('<key>', 'its id or prefix')
    .addOption(ofOrganization())
    .action(async (id, options) => (await import('./key.js')).revokeKey(id, options));
}

/** @returns the exit code. */
function tell(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE; // it told by itself
  const { message, stack, code, name, cause } = error as NodeJS.ErrnoException;
  if (name === 'AbortError') return INTERRUPTED;
  if (code === 'EPIPE') return 0; // whoever reads our output has seen enough
  // What the system refuses (no such file, no space) says enough; a defect is told whole.
  const isClear = error instanceof ClientError || error instanceof ConfigError || code !== undefined;
  const why = cause instanceof Error ? ` (${cause.message || (cause as NodeJS.ErrnoException).code})` : '';
  process.stderr.write(`${isClear ? `${message}${why}` : stack}\n`);
  return FAILED;
}
