import { essentials } from './essentials';
import { NODE_RED_4 } from './harness';

essentials(NODE_RED_4);
