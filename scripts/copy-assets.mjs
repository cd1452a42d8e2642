// Puts the catalogues, help and icons beside the compiled nodes, 1:1.
import { cpSync } from 'node:fs';

for (const folder of ['icons', 'locales']) {
  const from = new URL(`../nodes/${folder}/`, import.meta.url);
  const to = new URL(`../dist/nodes/${folder}/`, import.meta.url);
  cpSync(from, to, { recursive: true });
}
