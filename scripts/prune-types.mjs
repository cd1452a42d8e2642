// Leaves of the declarations only those that a program reaches from the public API: the others tell of what is inside,
// in types of Node.js and of other packages that a program need not have.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../dist/src/', import.meta.url));
const reached = new Set();
const waiting = [join(folder, 'index.d.ts')];
for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
  if (reached.has(file)) continue;
  reached.add(file);
  for (const [, from] of readFileSync(file, 'utf8').matchAll(/(?:from |import\()["'](\.[^"']+)\.js["']/g)) {
    waiting.push(resolve(dirname(file), `${from}.d.ts`));
  }
}
for (const name of readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.d.ts'))) {
  if (!reached.has(join(folder, name))) rmSync(join(folder, name));
}
