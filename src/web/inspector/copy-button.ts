/** How long the button says that it has copied, in ms. */
const CONFIRMATION = 2000;

/** Makes a button copy what an element shows. Where there is no clipboard (plain http), it selects it instead. */
export function copyOnClick(button: HTMLButtonElement, source: HTMLElement): void {
  const label = button.textContent;
  let timer: number | undefined;
  button.addEventListener("click", async () => {
    const text = source.textContent;
    button.textContent = (await copied(text)) ? "Copied" : selected(source);
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      button.textContent = label;
    }, CONFIRMATION);
  });
}

async function copied(text: string): Promise<boolean> {
  if (!window.isSecureContext) return false;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function selected(source: HTMLElement): string {
  getSelection()?.selectAllChildren(source);
  return "Selected";
}
