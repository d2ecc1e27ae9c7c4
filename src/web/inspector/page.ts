/**
 * The element with this id, of the class that the caller needs.
 *
 * @throws {Error} when the page lacks it: a mistake in index.html, found at the first load.
 * @example const list = element("frame-list", HTMLOListElement);
 */
export function element<Kind extends Element>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`The page has no ${kind.name} #${id}.`);
}

/** Makes an element. Its content is text and stays text, whatever a server put into it. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  text = "",
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Shows a sentence, or hides its place when there is none. */
export function say(place: HTMLElement, sentence: string): void {
  place.textContent = sentence;
  place.hidden = sentence === "";
}
