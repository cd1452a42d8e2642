// Removes the result of an earlier build, so that a file deleted from the sources does not ship.
import { rmSync } from 'node:fs';

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
