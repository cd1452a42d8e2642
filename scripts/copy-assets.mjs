// Puts the catalogues, help and icons beside the compiled nodes, 1:1, and what says of which kind those are.
import { cpSync, writeFileSync } from 'node:fs';

for (const folder of ['icons', 'locales']) {
  const from = new URL(`../nodes/${folder}/`, import.meta.url);
  const to = new URL(`../dist/nodes/${folder}/`, import.meta.url);
  cpSync(from, to, { recursive: true });
}

// For each file that is loaded Node.js looks for a package.json, in its folder and in those above: one that is near makes a
// start shorter by a twentieth.
for (const folder of ['src', 'nodes']) {
  writeFileSync(new URL(`../dist/${folder}/package.json`, import.meta.url), '{ "type": "commonjs" }\n');
}
