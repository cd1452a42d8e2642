import type { Language } from '../../src/nodes-api.js';
import en from '../locales/en-US/cozify-account.json';
import fi from '../locales/fi/cozify-account.json';
import { WIDGET_KINDS, type WidgetKind } from './widgets.js';

/** The texts of a dashboard and of its flow. `failures`: texts about failed commands, by reason or error code. */
export type DashboardTexts = (typeof en)['dashboard'] & { failures: Record<string, string> };

/** The error codes for which a dashboard has its own text when a command fails. */
const CODES = [
  'COZIFY_HUB_OFFLINE',
  'COZIFY_UNREACHABLE',
  'COZIFY_API',
  'COZIFY_OTP_REQUIRED',
  'COZIFY_FORBIDDEN',
  'COZIFY_NOT_FOUND',
] as const;

export function textsIn(language: Language): DashboardTexts {
  const { dashboard, failure } = language === 'fi' ? fi : en;
  const { unreachable, timeout } = dashboard;
  const byCode = Object.fromEntries(CODES.map((code) => [code, failure[code]]));
  return { ...dashboard, failures: { unreachable, timeout, ...byCode } };
}

/** Returns a summary of widgets: "2 switches, 1 slider". */
export function summaryOf(kinds: readonly WidgetKind[], { one, several }: DashboardTexts): string {
  return WIDGET_KINDS.map((kind) => ({ kind, count: kinds.filter((other) => other === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${(count === 1 ? one : several)[kind]}`)
    .join(', ');
}
