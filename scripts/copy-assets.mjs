// Puts what tsc does not touch (editor html, catalogues, icons) beside the compiled nodes, 1:1.
import { cpSync } from 'node:fs';

const from = new URL('../nodes/', import.meta.url);
const to = new URL('../dist/nodes/', import.meta.url);
cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('.ts') });
