/**
 * The code of the function nodes in a test flow. It runs inside Node-RED, in the function node's sandbox, so it is
 * kept as text.
 */

/**
 * Makes the request's `{msg, times}` the message. A value `{"$js": "NaN"}` stands for what that expression gives,
 * for what JSON can't say. With `times` above 1 that many copies leave at once.
 */
export const MERGE = `
const { msg: given = {}, times = 1 } = msg.payload;
delete msg.payload;
for (const [name, value] of Object.entries(given)) {
  const isCode = value !== null && typeof value === 'object' && typeof value.$js === 'string';
  msg[name] = isCode ? new Function('return (' + value.$js + ')')() : value;
}
if (times === 1) return msg;
msg.burst = times;
return [Array.from({ length: times }, () => RED.util.cloneMessage(msg))];`;

/** Notes by which output a message left. */
export const mark = (output: number): string => `msg.output = ${output};\nreturn msg;`;

/** Answers the HTTP request with the message that came of it, or with all of them once the last one is there. */
export const ANSWER = `
if (!msg.res) return null;
const { req, res, ...rest } = msg;
const all = context.get(msg._msgid) ?? [];
all.push(rest);
const isLast = all.length === (msg.burst ?? 1);
context.set(msg._msgid, isLast ? undefined : all);
return isLast ? { res, payload: all, statusCode: 200 } : null;`;

/**
 * Writes what passes into Node-RED's log, where it outlives deploys and restarts and stands in order with everything
 * else. The harness reads it from there.
 */
export const record = (kind: RecordKind): string => {
  const what = {
    event: '{ topic: msg.topic, payload: msg.payload }',
    status: '{ ...msg.status, source: msg.status.source.id }',
    complete: '{ source: msg.complete?.source?.id, keys: Object.keys(msg) }',
    caught: '{ source: msg.error?.source?.id, code: msg.cozify?.error?.code, keys: Object.keys(msg) }',
  }[kind];
  return `node.warn('@@${kind} ' + JSON.stringify(${what}));\nreturn null;`;
};

/** Writes what a node without input says, and by which output, as {@link record} does. */
export const hear = (name: string, output: number): string =>
  `node.warn('@@heard ' + JSON.stringify({ by: '${name}', output: ${output}, msg }));\nreturn null;`;

export type RecordKind = 'event' | 'status' | 'complete' | 'caught';
