import { createApp } from '../app';
import { loadConfig } from '../config';
import { createLogger } from '../http/logger';

/** So long closing may take: what was accepted is finished in 5 seconds, or given up. */
const CLOSING_MS = 20_000;

/** Serves until a signal asks to stop. @throws ConfigError, or what keeps the gateway from listening. */
export async function serve(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = createLogger(config.logLevel);
  const app = await createApp(config, logger, {
    onLost(error) {
      logger.error({ err: error }, 'Another gateway took the database over');
      process.exitCode = 1;
      if (!closing) close();
    },
    onStuck(error) {
      logger.fatal({ err: error }, 'The gateway ends: start it again. Nothing that was answered is lost');
      process.exit(1);
    },
  });
  let closing = false;
  const stop = (signal: NodeJS.Signals) => {
    if (closing) process.exit(1); // asked twice: at once
    logger.info({ signal }, 'Closing: finishing what was accepted');
    close();
  };
  const close = () => {
    closing = true;
    setTimeout(() => {
      logger.fatal(`Closing took more than ${CLOSING_MS / 1000} seconds: the gateway ends without`);
      process.exit(1);
    }, CLOSING_MS).unref();
    app.close().then(
      () => logger.info('Closed'),
      (error: unknown) => {
        logger.error({ err: error }, 'Closing failed');
        process.exitCode = 1;
      },
    );
  };
  // A defect in one request must not end everybody else's.
  process.on('unhandledRejection', (error) =>
    logger.error({ err: error }, 'A promise failed and nobody looked'),
  );
  process.on('SIGTERM', stop).on('SIGINT', stop);
  try {
    await app.listen();
  } catch (error) {
    await app.close();
    throw error;
  }
}
