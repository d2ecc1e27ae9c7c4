/** An amount of baht as a language writes it. */
export function baht(amount: number, language: string): string {
  return new Intl.NumberFormat(language, {
    style: "currency",
    currency: "THB",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: Number.isInteger(amount) ? 0 : 2,
  }).format(amount);
}
