import { createRequire } from 'node:module';

type MapVariables = (config: object, property: string, flow: undefined, node: object) => void;

const { mapEnvVarProperties } = createRequire(__filename)('@node-red/runtime/lib/flows/util') as {
  mapEnvVarProperties: MapVariables;
};

/** Returns a copy of a node's properties as Node-RED gives them to the node: with variables replaced. */
export function afterDeploy<T extends object>(node: T): T {
  const config = structuredClone(node);
  for (const property of Object.keys(config)) mapEnvVarProperties(config, property, undefined, config);
  return config;
}
