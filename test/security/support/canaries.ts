import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the forms in which a secret may appear in a text. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const shifted = [0, 1, 2].map((shift) =>
    // The base64 form of a secret depends on the secret's offset in the text. Its middle is always one of these three
    // texts.
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  const parts = secret.split('.').filter((part) => part.length >= 16);
  const forms = [
    secret,
    ...parts,
    bytes.toString('base64'),
    bytes.toString('hex'),
    encodeURIComponent(secret),
    ...shifted,
  ];
  return forms.filter((form) => form.length >= 6);
}

/** A list of secrets, with assertions that texts and files do not contain them. */
export class Canaries {
  readonly #secrets = new Set<string>();

  get count(): number {
    return this.#secrets.size;
  }

  add(...secrets: (string | null | undefined)[]): void {
    for (const secret of secrets) if (typeof secret === 'string' && secret !== '') this.#secrets.add(secret);
  }

  /** Asserts that a text contains none of the secrets. */
  assertNoneIn(where: string, text: string): void {
    for (const secret of this.#secrets) {
      const form = formsOf(secret).find((candidate) => text.includes(candidate));
      assert.equal(form, undefined, `${where} holds a secret`);
    }
  }

  /** Asserts that no file below a folder contains a secret. Skips installed packages. Returns the number of files. */
  assertNoneBelow(folder: string): number {
    const files = filesBelow(folder);
    for (const file of files) this.assertNoneIn(file, `${file}\n${readFileSync(file, 'latin1')}`);
    return files.length;
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules') return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
