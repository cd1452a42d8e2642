/** A method of a prototype. */
type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Array methods that call a function for each item. */
const CALLING = ['forEach', 'map', 'filter', 'some', 'every', 'find', 'findIndex', 'flatMap', 'reduce'];
/** Array methods that read the items without a callback. */
const LOOKING = ['includes', 'indexOf'];

const ITERATORS = [[][Symbol.iterator](), new Map().values(), new Set().values()].map(
  (iterator) => Object.getPrototypeOf(iterator) as Record<string, Method>,
);

/**
 * Counts the items of arrays, maps, sets and objects that `work` iterates over. The count is the same on every machine.
 * All code runs slower during the count.
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

/** Returns a method that calls `onCall` whenever it calls its callback. */
function callingBack(old: Method, onCall: () => void): Method {
  return function (callback, ...others) {
    const counted = function (this: unknown, ...args: unknown[]): unknown {
      onCall();
      return Reflect.apply(callback as Method, this, args);
    };
    return Reflect.apply(old, this, [counted, ...others]);
  };
}
