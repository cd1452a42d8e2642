/** Values of all types for message properties: functions that return a value, by the name of its type. */
export const VALUES: Record<string, () => unknown> = {
  nothing: () => undefined,
  null: () => null,
  true: () => true,
  zero: () => 0,
  'a number': () => 5,
  NaN: () => NaN,
  Infinity: () => Infinity,
  'a big integer': () => 10n,
  'a symbol': () => Symbol('s'),
  'a function': () => () => 1,
  'an empty text': () => '',
  'an array': () => ['a'],
  'an object': () => ({ a: 1 }),
  'an object without a prototype': () => Object.create(null) as unknown,
  'an object that says it is a text': () => ({ toString: () => 'text', valueOf: () => 'text' }),
  'a text object': () => Object('text') as unknown,
  'a date': () => new Date(0),
  'a map': () => new Map([['a', 1]]),
  'a buffer': () => Buffer.from('text'),
  'a frozen object': () => Object.freeze({ a: 1 }),
  'something cyclic': () => cyclic(),
  'an object with a throwing getter': () => throwing(),
  'a proxy that throws': () => new Proxy({}, { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail }),
  'a revoked proxy': () => revoked(),
  'a promise': () => Promise.resolve('text'),
  'something like a promise that never ends': () => ({ then: () => undefined }),
};

function cyclic(): unknown {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
}

function throwing(): unknown {
  return Object.defineProperty({}, 'a', { enumerable: true, get: fail });
}

function fail(): never {
  throw new Error('this must not be read');
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
