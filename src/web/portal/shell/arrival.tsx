import { useEffect } from "react";
import { toHeading } from "../ui/to-heading.ts";

/** Whoever opens the window is not taken from where the browser puts them. */
let isFirst = true;

/** Names the window for the page, and brings who came from another page, or signed in or out, to its heading, as a new document would. */
export function Arrival({ path, title }: { readonly path: string; readonly title: string }) {
  useEffect(() => {
    document.title = `${title} · Carillon`;
  }, [title]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each page that is come to
  useEffect(() => {
    if (!isFirst) toHeading();
    isFirst = false;
    scrollTo(0, 0);
  }, [path]);
  return null;
}
