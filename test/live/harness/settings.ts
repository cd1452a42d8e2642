// The settings.js of a Node-RED under test.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files of core nodes that no test and no example uses. Without them Node-RED and its editor start quicker. */
const UNUSED_NODES = [
  ...['18-sort.js', '19-batch.js', '22-websocket.js', '23-watch.js', '31-tcpin.js', '32-udp.js', '90-exec.js'],
  ...['70-CSV.js', '70-HTML.js', '70-XML.js', '70-YAML.js'],
];

/** Changes to Node-RED's settings.js. */
export interface SettingsOptions {
  /**
   * The secret that encrypts credentials. Defaults to `a-secret-of-the-tests`. If `false`, Node-RED generates a secret.
   */
  credentialSecret?: string | false;
  /** Log level of the console. Defaults to `info`. */
  logLevel?: 'warn' | 'info' | 'debug' | 'trace';
  httpAdminRoot?: string;
  /** Context stores by name, as in settings.js. */
  contextStorage?: Record<string, unknown>;
  /** Users of adminAuth, by name, with their permissions. The bearer token of a user is the user's name. */
  adminUsers?: Record<string, string | string[]>;
  /** Other settings. Their values must be JSON. */
  extra?: Record<string, unknown>;
}

/** Writes `<userDir>/settings.js` for a Node-RED on this port of 127.0.0.1. Returns the path of the file. */
export function writeSettings(userDir: string, port: number, options: SettingsOptions = {}): string {
  const secret = options.credentialSecret ?? 'a-secret-of-the-tests';
  const settings = {
    uiHost: '127.0.0.1',
    uiPort: port,
    flowFile: 'flows.json',
    lang: 'en-US',
    // The URLs of the editor's scripts contain a hash of this id. A fixed id lets browsers load the scripts from their
    // cache after a restart with an empty user directory.
    instanceId: `tests-${port}`,
    telemetry: { enabled: false, updateNotification: false },
    // Turns off the installation of packages, because Node-RED otherwise runs npm at each start.
    externalModules: { palette: { allowInstall: false } },
    nodesExcludes: UNUSED_NODES,
    editorTheme: {
      ...{ tours: false, projects: { enabled: false } },
      // Uses Ace, because it loads much faster than Monaco.
      codeEditor: { lib: 'ace' },
      // Turns off the catalogues of public nodes, so that the editor sends no request to the internet.
      palette: { catalogues: [] },
    },
    logging: { console: { level: options.logLevel ?? 'info', metrics: false, audit: false } },
    ...(secret === false ? {} : { credentialSecret: secret }),
    ...(options.httpAdminRoot === undefined ? {} : { httpAdminRoot: options.httpAdminRoot }),
    ...(options.contextStorage === undefined ? {} : { contextStorage: options.contextStorage }),
    ...options.extra,
  };
  const path = join(userDir, 'settings.js');
  writeFileSync(path, `module.exports = ${JSON.stringify(settings, null, 2)};\n${adminAuthSource(options.adminUsers)}`);
  return path;
}

function adminAuthSource(users: SettingsOptions['adminUsers']): string {
  if (users === undefined) return '';
  return `const users = ${JSON.stringify(users)};
const find = async (name) => (users[name] === undefined ? null : { username: name, permissions: users[name] });
module.exports.adminAuth = { type: 'credentials', users: find, authenticate: find, tokens: find };
`;
}
