/** The last step of `npm run build`: the command is executable, and the stamp says that the build succeeded. */
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const dist = join(import.meta.dirname, '..', 'dist');
const command = join(dist, 'src', 'cli', 'main.js');

if (!existsSync(command)) throw new Error(`the build left no ${command}`);
chmodSync(command, 0o755);
writeFileSync(join(dist, '.built'), `${new Date().toISOString()}\n`);
