/** Loads the dashboard code when the first dashboard is planned. */
import { createRequire } from 'node:module';
import type * as DashboardModule from './dashboard.js';
import type { DashboardPlan, DashboardQuery } from './dashboard.js';

const load = createRequire(__filename);

/** Plans a dashboard page. The code is loaded on the first call, because Node-RED can start without it. */
export function planDashboard(query: DashboardQuery): DashboardPlan {
  const { planDashboard: plan } = load('./dashboard.js') as typeof DashboardModule;
  return plan(query);
}
