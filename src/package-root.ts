import { join } from 'node:path';

/** The folder that holds `package.json`: shipped files (model, migrations, pages) are found from here. */
export const packageRoot = join(__dirname, '..');
