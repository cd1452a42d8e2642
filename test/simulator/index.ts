/** The practice home, by which the tests go; see there. */
export * from '../../packages/cozify-practice/src/index';
