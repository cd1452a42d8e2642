import { translate as t } from '../shared/catalogue.js';

/** The units to choose from beside an amount. */
const UNITS = ['seconds', 'minutes', 'hours', 'days'] as const;

/** Names the units as the amount beside them wants it: "1 day", "2 days". */
export function nameUnits($amount: JQuery<HTMLElement>, $units: JQuery<HTMLElement>): void {
  const show = (): void => {
    const isOne = String($amount.val()).trim() === '1';
    for (const unit of UNITS)
      $units.find(`option[value="${unit}"]`).text(isOne ? t(`oneUnit.${unit}`) : t(`unit.${unit}`));
  };
  $amount.on('input', show);
  show();
}
