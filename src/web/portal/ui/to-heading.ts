/** Brings the focus to the heading of the page, and so whoever listens to it. */
export function toHeading(): void {
  document.querySelector<HTMLElement>("#main h1")?.focus();
}
