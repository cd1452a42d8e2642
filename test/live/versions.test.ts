import { essentials } from './essentials';
import { NODE_RED_3, NODE_RED_5 } from './harness';

// All other tests run on 4.1 only.
for (const version of [NODE_RED_3, NODE_RED_5]) essentials(version);
