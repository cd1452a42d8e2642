/** The code of the function nodes in a test flow, as text because it runs in Node-RED's sandbox. */

/** Turns the request's `{msg}` into the message. */
export const MERGE = `
const { msg: given = {} } = msg.payload;
delete msg.payload;
return Object.assign(msg, given);`;

/** Adds the number of the output to a message. */
export const mark = (output: number): string => `msg.output = ${output};\nreturn msg;`;

/** Answers the HTTP request with the resulting message. */
export const ANSWER = `
if (!msg.res) return null;
const { req, res, ...rest } = msg;
return { res, payload: rest, statusCode: 200 };`;

/**
 * Returns code that writes messages into Node-RED's log. The log survives Deploys and restarts, and keeps the messages
 * in order.
 */
export const record = (kind: RecordKind): string => {
  const fields = {
    event: '{ topic: msg.topic, payload: msg.payload }',
    status: '{ ...msg.status, source: msg.status.source.id }',
    caught: '{ code: msg.cozify?.error?.code }',
  }[kind];
  return `node.warn('@@${kind} ' + JSON.stringify(${fields}));\nreturn null;`;
};

/** Returns code that writes the messages of a node without input, with the number of the output, into the log. */
export const recordReceived = (name: string, output: number): string =>
  `node.warn('@@received ' + JSON.stringify({ by: '${name}', output: ${output}, msg }));\nreturn null;`;

export type RecordKind = 'event' | 'status' | 'caught';
