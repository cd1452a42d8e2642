/** A function of whatever kind, as it lies on a prototype. */
type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Those that call what they are given for each item. */
const CALLING = ['forEach', 'map', 'filter', 'some', 'every', 'find', 'findIndex', 'flatMap', 'reduce'];
/** Those that look at items by themselves. */
const LOOKING = ['includes', 'indexOf'];

const ITERATORS = [[][Symbol.iterator](), new Map().values(), new Set().values()].map(
  (iterator) => Object.getPrototypeOf(iterator) as Record<string, Method>,
);

/**
 * How many items of arrays, maps, sets and objects are gone over by `work`: what it costs, told by a number that is the same
 * on every machine. Everything is slower meanwhile.
 */
export async function countListSteps(work: () => Promise<unknown>): Promise<number> {
  let steps = 0;
  const restores: (() => void)[] = [];
  const replace = (holder: object, name: string, make: (old: Method) => Method): void => {
    const methods = holder as Record<string, Method>;
    const old = methods[name] as Method;
    methods[name] = make(old);
    restores.push(() => (methods[name] = old));
  };
  const counting = (old: Method): Method =>
    function (...args) {
      steps += 1;
      return Reflect.apply(old, this, args);
    };
  for (const iterator of ITERATORS) replace(iterator, 'next', counting);
  for (const name of CALLING) {
    replace(Array.prototype, name, (old) => callingBack(old, () => (steps += 1)));
  }
  for (const name of LOOKING) {
    replace(
      Array.prototype,
      name,
      (old) =>
        function (...args) {
          steps += (this as unknown[]).length;
          return Reflect.apply(old, this, args);
        },
    );
  }
  for (const name of ['keys', 'values', 'entries']) {
    replace(
      Object,
      name,
      (old) =>
        function (...args) {
          const found = Reflect.apply(old, this, args) as unknown[];
          steps += found.length;
          return found;
        },
    );
  }
  try {
    await work();
  } finally {
    for (const restore of restores.reverse()) restore();
  }
  return steps;
}

/** A method that tells each time when it calls what it is given. */
function callingBack(old: Method, onCall: () => void): Method {
  return function (callback, ...others) {
    const told = function (this: unknown, ...args: unknown[]): unknown {
      onCall();
      return Reflect.apply(callback as Method, this, args);
    };
    return Reflect.apply(old, this, [told, ...others]);
  };
}
