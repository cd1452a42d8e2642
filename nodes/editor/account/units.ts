import { translate as t } from '../shared/catalogue.js';

const UNITS = ['seconds', 'minutes', 'hours', 'days'] as const;

/** Shows the units in the singular or plural of the amount: "1 day", "2 days". */
export function nameUnits($amount: JQuery<HTMLElement>, $units: JQuery<HTMLElement>): void {
  const show = (): void => {
    const isOne = String($amount.val()).trim() === '1';
    for (const unit of UNITS)
      $units.find(`option[value="${unit}"]`).text(isOne ? t(`oneUnit.${unit}`) : t(`unit.${unit}`));
  };
  $amount.on('input', show);
  show();
}
