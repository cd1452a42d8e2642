import { shape } from '../../../../src/schema.js';
import { FileStore, type StateDirectory } from '../../../../src/store/file-store.js';

/** The content that the tests of the file store save. */
export interface Content {
  token: string;
}

const contentShape = shape<Content>({ type: 'object', required: ['token'], properties: { token: { type: 'string' } } });

export const NAME = 'a1.json';

/** Returns the store of a file in a directory. */
export function storeIn(directory: StateDirectory, name = NAME): FileStore<Content> {
  return new FileStore(directory, name, contentShape);
}
