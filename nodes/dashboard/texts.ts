import type { Language } from '../../src/nodes-api.js';
import en from '../locales/en-US/cozify-account.json';
import fi from '../locales/fi/cozify-account.json';
import { WIDGET_KINDS, type WidgetKind } from './widgets.js';

/** Texts of a dashboard and of its flow. */
export type DashboardTexts = (typeof en)['dashboard'];

const CATALOGUES: Readonly<Record<Language, DashboardTexts>> = { en: en.dashboard, fi: fi.dashboard };

export function textsIn(language: Language): DashboardTexts {
  return CATALOGUES[language];
}

/** Returns a summary of widgets: "2 switches, 1 slider". */
export function summaryOf(kinds: readonly WidgetKind[], { one, several }: DashboardTexts): string {
  return WIDGET_KINDS.map((kind) => ({ kind, count: kinds.filter((other) => other === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${(count === 1 ? one : several)[kind]}`)
    .join(', ');
}
