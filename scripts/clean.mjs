// Removes what an earlier build left, so that a file deleted from the sources does not ship.
import { rmSync } from 'node:fs';

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
